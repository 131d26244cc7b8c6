"""The console's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from stammis.console.views import (
    audit,
    doors,
    imports,
    keys,
    member,
    members,
    overview,
    people,
    points,
    programme,
    rewards,
    settings,
    specimens,
)

app_name = "console"
urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="overview"),
    re_path(r"^overview/(?P<key>[a-z]+)\.(?P<form>csv|png)$", overview.chart, name="chart"),
    path("members", members.members, name="members"),
    path("members.csv", members.export, name="members_csv"),
    path("members/<uuid:member_id>", member.member, name="member"),
    path("members/<uuid:member_id>/record", member.record, name="record"),
    path("members/<uuid:member_id>/adjust", points.adjust, name="adjust"),
    path("members/<uuid:member_id>/redeem", points.redeem, name="redeem"),
    path("members/<uuid:member_id>/undo/<path:redemption>", points.undo, name="undo"),
    path("why/<str:row>", member.why, name="why"),
    path("imports", imports.imports, name="imports"),
    path("imports/<uuid:run_id>", imports.run, name="run"),
    path("imports/<uuid:run_id>/bad-rows.csv", imports.bad_rows, name="bad_rows"),
    path("programme", programme.programme, name="programme"),
    path("programme/versions/<int:number>", programme.programme, name="programme_version"),
    path("programme/versions/<int:number>.yaml", programme.export, name="programme_file"),
    path("programme/change", programme.change, name="programme_change"),
    path("programme/begin", programme.begin, name="programme_begin"),
    path("rewards", rewards.rewards, name="rewards"),
    path("keys", keys.keys, name="keys"),
    path("keys/new", keys.create, name="key_new"),
    path("keys/<uuid:key_id>/revoke", keys.revoke, name="key_revoke"),
    path("people", people.people, name="people"),
    path("people/invite", people.invite, name="invite"),
    path("people/<str:email>", people.person, name="person"),
    path("people/<str:email>/link", people.link, name="person_link"),
    path("people/<str:email>/shut-out", people.shut_out, name="shut_out"),
    path("people/<str:email>/let-in", people.let_in, name="let_in"),
    path("audit", audit.audit, name="audit"),
    path("settings", settings.settings, name="settings"),
    path("settings/clock", settings.move_clock, name="move_clock"),
    path("first-steps", settings.first_steps, name="first_steps"),
    path("parts", specimens.parts, name="parts"),
    path("sign-in", doors.sign_in, name="sign_in"),
    path("sign-out", doors.sign_out, name="sign_out"),
    path("forgotten", doors.forgotten, name="forgotten"),
    path("welcome/<str:token>", doors.welcome, name="welcome"),
    path("choose", doors.choose, name="choose"),
]
