"""Opens a file by what it holds, not by what it is called."""

from __future__ import annotations

from pathlib import Path

from stammis.core.wording import Worded
from stammis.imports.files import delimited, parquet
from stammis.imports.files.sheets import BadFile, Columns, Sheet

_PARQUET = b"PAR1"


def open_sheet(path: Path, allowed: Columns) -> Sheet:
    """Open a CSV or Parquet file whose columns are allowed. Raises BadFile.

    The sheet is a context: the file is closed at its end.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadFile(
            Worded("%(file)s cannot be opened: %(words)s.", file=str(path), words=str(error.strerror))
        ) from error
    if file.read(len(_PARQUET)) == _PARQUET:
        file.close()
        return parquet.read(path, allowed)
    file.seek(0)
    try:
        return delimited.read(file, path.stat().st_size, allowed)
    except BaseException:
        file.close()
        raise
