#!/bin/sh
# Makes .venv and installs the pinned packages into it. A second call with nothing changed does nothing.
#
#   sh scripts/setup.sh build     to build an index and serve it
#   sh scripts/setup.sh dev       the same, and the tools and the browser of the tests
#   sh scripts/setup.sh servers   programs that `make test-all` starts for a moment: databases, proxies
#
# PYTHON names the interpreter. TORCH_INDEX names one more package index, for the CPU build of torch.
set -eu

wanted=${1:-}
case $wanted in
    build) extras=build ;;
    dev) extras=build,dev ;;
    servers) extras= ;;
    *) echo 'usage: setup.sh build|dev|servers' >&2; exit 2 ;;
esac
cd "$(dirname "$0")/.."
venv=.venv
python=$venv/bin/python
# One per extra; holds the digest of what it was made from, and is written when all is in.
stamp=$venv/careers-faq-$wanted.stamp

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# The pinned packages have wheels for these versions.
fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; }
can_make_venv() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }

install_hint() {
    case $(uname) in
        Darwin) echo 'Install it from https://www.python.org/downloads/ or with: brew install python@3.13' ;;
        *) echo 'On Debian and Ubuntu: sudo apt-get install python3-venv (where that is older: python3.11-venv)' ;;
    esac
}

find_python() {
    found=
    for candidate in ${PYTHON:-python3 python3.13 python3.14 python3.12 python3.11 python}; do
        fits "$candidate" || continue
        can_make_venv "$candidate" && { echo "$candidate"; return; }
        found=${found:-$candidate}
    done
    [ -n "$found" ] || die "Careers FAQ needs Python 3.11 to 3.14, and none was found${PYTHON:+ under PYTHON=$PYTHON}. $(install_hint)"
    add_venv_package "$found"
    echo "$found"
}

# Debian and Ubuntu keep ensurepip in a package of its own. It is installed for root alone, as in a bare
# container, and not for a Python that somebody chose.
add_venv_package() {
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ -z "${PYTHON:-}" ] && is_root_on_debian; then
        say "Installing python$version-venv, which $1 lacks ..."
        apt_install "python$version-venv" || true
    fi
    can_make_venv "$1" || die "$1 cannot make virtual environments. Run: sudo apt-get install python$version-venv"
}

is_root_on_debian() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_install() {
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2 </dev/null
}

make_venv() {
    if fits "$python" && "$python" -m pip --version >/dev/null 2>&1; then return; fi
    base=$(find_python)
    say "Making $venv with $("$base" --version) ..."
    # --clear: what is there is half made, or belongs to a Python that is gone.
    "$base" -m venv --clear "$venv"
}

digest() {
    { cat pyproject.toml constraints.txt scripts/setup.sh; pwd; "$python" --version; } 2>&1 | cksum
}

install() {
    rm -f "$stamp"
    quiet=--quiet
    if [ -t 2 ]; then quiet=; fi
    say "Installing the pinned packages for: $extras. The first time takes a few minutes ..."
    # shellcheck disable=SC2086 # an empty $quiet must vanish
    "$python" -m pip install $quiet --disable-pip-version-check -c constraints.txt \
        ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -e ".[$extras]" >&2
}

browser_exists() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null && return
    done
    "$python" -c '
from pathlib import Path
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    raise SystemExit(not Path(playwright.chromium.executable_path).exists())'
}

add_browser() {
    if browser_exists; then return; fi
    say 'Installing Chromium for the browser tests ...'
    if is_root_on_debian && apt_install chromium; then return; fi
    "$python" -m playwright install chromium >&2 && return
    say 'No Chromium: the browser tests will be skipped. Install Chromium or Google Chrome to run them.'
}

# Debian's package and the program in it.
servers='caddy:caddy nginx:nginx openssl:openssl postgresql:postgresql prometheus:promtool
    redis-server:redis-server sqlite3:sqlite3 systemd:systemd-analyze'

program_exists() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || ls /usr/lib/postgresql/*/bin/"$1" >/dev/null 2>&1
}

missing_servers() {
    for pair in $servers; do
        program=${pair#*:}
        [ "$program" != postgresql ] || program=initdb
        program_exists "$program" || printf ' %s' "${pair%%:*}"
    done
}

add_servers() {
    missing=$(missing_servers)
    # shellcheck disable=SC2086 # a word each
    if [ -n "$missing" ] && is_root_on_debian; then
        say "Installing$missing for the tests ..."
        apt_install $missing || true
        missing=$(missing_servers)
    fi
    [ -z "$missing" ] || say "Tests that need one of these are skipped; to run them too: sudo apt-get install$missing"
}

if [ "$wanted" = servers ]; then add_servers; exit 0; fi
if fits "$python" && [ "$(cat "$stamp" 2>/dev/null)" = "$(digest)" ]; then exit 0; fi
make_venv
install
[ "$wanted" != dev ] || add_browser
digest > "$stamp"
[ "$wanted" != dev ] || cp "$stamp" "$venv/careers-faq-build.stamp"
