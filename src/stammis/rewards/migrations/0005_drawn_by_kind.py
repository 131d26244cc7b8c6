from django.db import migrations, models

FILL = """
UPDATE rewards_drawn AS d SET period = 10 * d.period + k.place
FROM (
    SELECT DISTINCT ON (u.programme_id, u.budget, u.period) u.programme_id, u.budget, u.period, p.place
    FROM (
        SELECT DISTINCT programme_id, budget, period, date '0001-01-01' + (period - 1) AS first
        FROM rewards_drawn WHERE period > 0
    ) AS u
    JOIN programmes_version AS v ON v.programme_id = u.programme_id
    CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'budgets') AS b
    JOIN (VALUES ('day', 0), ('week', 1), ('month', 2), ('year', 3)) AS p (per, place) ON p.per = b ->> 'per'
    WHERE b ->> 'id' = u.budget
      AND CASE p.place WHEN 0 THEN true
                       WHEN 1 THEN extract(isodow FROM u.first) = 1
                       WHEN 2 THEN extract(day FROM u.first) = 1
                       ELSE extract(doy FROM u.first) = 1 END
    ORDER BY u.programme_id, u.budget, u.period, v.number DESC
) AS k
WHERE d.programme_id = k.programme_id AND d.budget = k.budget AND d.period = k.period
"""


class Migration(migrations.Migration):
    """Names periods by their kind as well: that of the newest version in which a period of the budget begins on the day."""

    dependencies = [
        ("programmes", "0003_rates"),
        ("rewards", "0004_drawn_by_household"),
    ]

    operations = [
        migrations.RunSQL(FILL, "UPDATE rewards_drawn SET period = period / 10 WHERE period > 3652059"),
        migrations.AlterField(
            model_name="drawn",
            name="period",
            field=models.IntegerField(
                db_comment="Ten times the first day of the period (counted from 1 January of the year 1) and its kind: "
        "0 a day, 1 a week, 2 a month, 3 a year. 0: ever."
            ),
        ),
    ]
