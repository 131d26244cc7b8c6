"""The parts of the design system, for templates: formats as filters, parts as tags; all stand on ``/console/parts``."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from django import template
from django.forms import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

import stammis
from stammis.console import formats
from stammis.console.editor.nodes import Node
from stammis.kit.telling import told_again
from stammis.programmes.sentences import labels

register = template.Library()
_SIGNED = re.compile(r"[−+]\S+")

register.filter("points", formats.points)
register.filter("signed", formats.signed)
register.filter("money", formats.money)
register.filter("percent", formats.percent)
register.filter("told", told_again)


@register.filter
def number(value: float | Decimal | str | None, decimals: int | None = None) -> str:
    """Write a number; a dash where there is none."""
    return "–" if value is None else formats.number(value, decimals)


@register.filter
def unbroken(text: object) -> SafeString:
    """Keep signs on the lines of the amounts before which they stand."""
    return SafeString(_SIGNED.sub(r'<span class="nowrap">\g<0></span>', escape(str(text))))


@register.filter
def moment(value: dt.datetime | str | None) -> SafeString:
    """Write an instant in the reader's zone, with the exact one on hover."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    if not value:
        return SafeString("–")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), formats.exact(value), formats.moment(value)
    )


@register.filter
def day(value: dt.date | dt.datetime | str | None, form: str = "medium") -> SafeString:
    """Write a day; an instant is shown as the day it falls on for the reader."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
    if not value:
        return SafeString("–")
    if isinstance(value, dt.datetime):
        shown = formats.day(dt.date.fromisoformat(formats.exact(value)[:10]), form)
        return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), formats.exact(value), shown)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.day(value, form))


@register.filter
def day_hour(value: dt.datetime) -> SafeString:
    """Write day and time of an instant where the year is known, with the exact instant on hover."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), formats.exact(value), formats.day_hour(value)
    )


@register.filter
def last_day(ends_at: dt.datetime) -> SafeString:
    """Write the last day on which something that is gone at ``ends_at`` can be used."""
    return day(ends_at - dt.timedelta(seconds=1))


@register.simple_tag
def icon(name: str, **attributes: Any) -> SafeString:
    """Draw a lucide icon of 16 px, hidden from screen readers: its words stand beside it."""
    return SafeString(lucide(name, size=16, aria_hidden="true", **attributes))


@register.simple_tag
def asset(path: str) -> str:
    """Give the address of a file of ours, which changes with each release."""
    return f"{static(path)}?v={_age(path)}"


def _age(path: str) -> str:
    file = Path(stammis.__file__).parent / "console" / "static" / path
    return str(int(file.stat().st_mtime)) if file.exists() else ""


@register.inclusion_tag("console/parts/field.html")
def field(bound: BoundField, **attributes: Any) -> dict[str, Any]:
    """Draw a form's field with its label, its hint and what is wrong with it; attributes end in the input."""
    said = {"hint": bound.help_text, "error": bound.errors}
    described = [f"{bound.auto_id}_{part}" for part, text in said.items() if text]
    known = {name.replace("_", "-"): value for name, value in attributes.items()}
    if described:
        known["aria-describedby"] = " ".join(described)
    if bound.errors:
        known["aria-invalid"] = "true"
    plural = getattr(bound.field.widget, "allow_multiple_selected", False) or bound.widget_type == "radioselect"
    kind = "choices" if plural else "check" if bound.widget_type == "checkbox" else "input"
    widget = "" if kind == "choices" else bound.as_widget(attrs={"class": "" if kind == "check" else "input", **known})
    return {"field": bound, "kind": kind, "widget": widget}


@register.inclusion_tag("console/parts/paging.html", takes_context=True)
def paging(context: Context, page: Any) -> dict[str, Any]:
    """Draw the links to the pages before and after, keeping the filters of the address."""
    kept = context["request"].GET.copy()
    addresses = {}
    for name in ("before", "after"):
        kept["cursor"] = getattr(page, name) or ""
        addresses[name] = f"?{kept.urlencode()}" if getattr(page, name) else ""
    return addresses


@register.simple_tag
def told(node: Node) -> SafeString:
    """Write the attributes that tie an input of the editor to its hint and to what is wrong with it."""
    said = [f"{node.id}_{part}" for part, there in (("hint", node.hint), ("error", node.errors)) if there]
    described = format_html(' aria-describedby="{}"', " ".join(said)) if said else SafeString("")
    return format_html("{}{}", described, SafeString(' aria-invalid="true"') if node.errors else "")


@register.filter
def pretty(value: Any) -> str:
    """Write a JSON value over several lines."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@register.filter
def language(code: str) -> str:
    """Name a language in the reader's own: «fi» is «Finnish»; a code that is no language stays as it is."""
    try:
        return Locale.parse(code, sep="-").get_display_name(formats.reader()) or code
    except (ValueError, UnknownLocaleError):
        return code


@register.filter
def spaced(name: str) -> str:
    """Write the name of a company's own field as words: «kids_count» is «Kids count»."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


@register.filter
def said(value: Any) -> str:
    """Write a value of a company's own field as a person would: yes and no, lists with commas."""
    return labels.written(value)


@register.filter
def slashes(pointer: str) -> str:
    """Turn a JSON pointer into the end of an element's id."""
    return pointer.replace("/", "-")


@register.filter
def initials(name: str) -> str:
    """Give the first letters of a name's first and last word."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.simple_tag
def fresh_id() -> str:
    """Give a new id, so that a form sent twice is one act."""
    return str(uuid.uuid4())
