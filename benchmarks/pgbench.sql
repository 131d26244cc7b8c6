\set id random(1, 9223372036854775807)
\set member random(1, 100000)
\set amount random(100, 10000)
begin;
insert into event (source, id, member, occurred_at, amount) values ('till', :id, :member, now(), :amount);
insert into ledger (member, event, part, amount, posted_at) values (:member, :id, 1, :amount, now()), (:member, :id, 2, 10, now());
update member set balance = balance + :amount + 10 where id = :member;
commit;
