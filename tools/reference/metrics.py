"""The page of metrics: the registry, metric by metric."""

from __future__ import annotations

from collections.abc import Iterator

from stammis.insight.registry import METRICS, Metric

INTRODUCTION = """\
# Metrics

Every metric is defined once. The overview, `GET /api/v1/metrics/{name}` and `stammis metrics` ask the same definition
and give the same number.

- **Periods** are half-open: from the first instant of a day to the first instant of another, which is not counted any
  more, in the programme's time zone. Without days a metric covers all history up to now.
- **Unfinished** periods are flagged (`complete: false`).
- **Money** is in the programme's currency, decimal text in JSON. **Points** are whole numbers of the wallet's smallest
  unit. **Shares** are numbers from 0 to 1, with numerator, denominator and a 95 % interval.
- A share of nothing is null, with a `reason`.

```sh
stammis metrics                                             # all, over all history
stammis metrics gross_sales --from 2017-06-01 --to 2017-07-01
stammis metrics points_issued --by month --json
```

With `--json` the answer is an object with a metric under each name, each as the API gives it:

```json
{
  "name": "new_customers",
  "value": 0.002427,
  "numerator": 5,
  "denominator": 2060,
  "n": 2060,
  "interval": [0.001037, 0.005671],
  "unit": "share",
  "period": {"from": "2017-11-01T00:00:00-04:00", "to": "2017-12-01T00:00:00-05:00", "zone": "America/New_York"},
  "definition": "Share of the period's customers who had not bought before it.",
  "version": 1,
  "complete": true
}
```

By `tier` counts with a member's present level, of the programme's first tier set; what belongs to none stands under an
empty name.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([INTRODUCTION, *(_section(metric) for metric in METRICS.values())])


def _section(metric: Metric) -> str:
    definition = str(metric.definition).replace("%(days)s", "*so many*")
    return f"## {metric.name}\n\n**{metric.title}.** {definition}\n\n" + "\n".join(_lines(metric)) + "\n"


def _lines(metric: Metric) -> Iterator[str]:
    yield f"- **Numerator:** {metric.numerator}"
    if metric.denominator:
        yield f"- **Denominator:** {metric.denominator}"
    yield f"- **Population:** {metric.population}"
    yield f"- **Window:** {metric.window}"
    if metric.interval:
        yield f"- **Interval:** {metric.interval}"
    if metric.edges:
        yield f"- **Edges:** {metric.edges}"
    yield f"- **By:** {', '.join(f'`{dimension}`' for dimension in metric.by)}"
    yield f"- **Version:** {metric.version}"
