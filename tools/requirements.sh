#!/bin/sh
# Pins every package with its hashes, for every system and every Python from 3.11 on. No host is written down.
set -eu
cd "$(dirname "$0")/.."
pin() {
    uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --quiet "$@"
}
pin --group build --output-file requirements.txt
pin --group build --group dev --constraints requirements.txt --output-file requirements-dev.txt
