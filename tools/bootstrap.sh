#!/bin/sh
# Finds a Python of 3.11 or newer and lets it build the environment: sh tools/bootstrap.sh run|develop
# PYTHON, when set, is the one to use.
set -u
cd "$(dirname "$0")/.." || exit 1

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if ! new_enough "$PYTHON"; then
        echo "PYTHON=$PYTHON is not a Python of 3.11 or newer." >&2
        exit 1
    fi
    exec "$PYTHON" -I tools/bootstrap.py --chosen "$@"
fi
for python in python3 python3.11 python3.12 python3.13 python3.14 python /usr/bin/python3 .venv/bin/python; do
    if new_enough "$python"; then
        exec "$python" -I tools/bootstrap.py "$@"
    fi
done
echo "Stammis needs Python 3.11 or newer, and none was found." >&2
echo "Install one (on Debian: apt-get install python3 python3-venv), or say where it is: make PYTHON=/path/to/python3 …" >&2
exit 1
