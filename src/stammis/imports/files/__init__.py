"""Tables in files: CSV as people and programs write it, and Parquet, read row by row in bounded memory."""

from __future__ import annotations

from stammis.imports.files.opening import open_sheet
from stammis.imports.files.sheets import LONGEST_RAW, Bad, BadFile, Columns, Row, Sheet, in_full

__all__ = ["LONGEST_RAW", "Bad", "BadFile", "Columns", "Row", "Sheet", "in_full", "open_sheet"]
