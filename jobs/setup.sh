# shellcheck shell=bash
# What jobs/quickstart.sh and tests/run.sh share: installing packages, building. Sourced, not run.

packages_list=$(dirname "${BASH_SOURCE[0]}")/packages.txt

# Lines of the given sections: PACKAGE PROBE (NAME)
packages_of() {
    awk -v wanted=" $* " '
        /^#/ || NF == 0 { next }
        /^\[.*\]$/ { section = substr($0, 2, length($0) - 2); next }
        index(wanted, " " section " ") { print }' "$packages_list"
}

# Whether a probe (see packages.txt) finds its thing.
packages_probe() {
    local what=${1#*:}

    case $1 in
    command:*) command -v "$what" ;;
    pkg:hdf5-openmpi) pkg-config --exists "$what" || command -v h5pcc ;;
    pkg:*) pkg-config --exists "$what" ;;
    header:*) echo "#include <$what>" | "${CC:-cc}" -E - ;;
    python:*) /usr/bin/python3 -c "import importlib.util as u, sys; sys.exit(not u.find_spec('$what'))" ;;
    file:*) [ -e "$what" ] ;;
    esac >/dev/null 2>&1
}

# Prints the lines of the given sections whose package is not installed.
packages_missing() {
    local installed package probe name

    installed=
    if command -v dpkg-query >/dev/null; then
        installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null |
            sed -n 's/ installed$//p')
    fi
    packages_of "$@" | while read -r package probe name; do
        if grep -qxF "$package" <<<"$installed"; then
            continue
        fi
        if [ -n "$installed" ] && [[ $probe != command:* ]]; then
            echo "$package $probe $name"
        elif ! packages_probe "$probe"; then
            echo "$package $probe $name"
        fi
    done
}

# Installs what is missing of the given sections; says what to do and exits with 69 if it cannot.
packages_install() {
    local missing names sudo=()

    missing=$(packages_missing "$@")
    if [ -z "$missing" ]; then
        return
    fi
    if ! command -v apt-get >/dev/null; then
        {
            echo "This system has no apt-get. Please install, or load as modules:"
            sed -E 's/^([^ ]+) ([^ ]+) \((.*)\)$/  \3  [Debian: \1]/' <<<"$missing"
            echo "README.md says which modules a cluster needs and how to build by hand."
        } >&2
        exit 69
    fi
    names=$(awk '{ print $1 }' <<<"$missing" | paste -sd' ')
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing, and this is neither root nor is there sudo. Run as root:" >&2
            echo "  apt-get update && apt-get install --no-install-recommends $names" >&2
            exit 69
        fi
        sudo=(sudo)
    fi
    echo "Installing: $names"
    packages_apt update
    # shellcheck disable=SC2086  # names are words
    packages_apt install -y --no-install-recommends $names
}

# Runs apt-get as root, quietly; shows its output and exits with 69 if it fails.
packages_apt() {
    local log

    log=$(mktemp)
    if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" \
        </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        echo "apt-get $* failed, see above" >&2
        rm -f "$log"
        exit 69
    fi
    rm -f "$log"
}

# Configures a preset, with further options of cmake, and builds it in the current folder: what the
# build preset of the same name lists. Shows the log's end and exits with 70 if it fails.
build_preset() {
    local preset=$1 folder=$2 log=$2/build.log
    shift 2

    mkdir -p "$folder"
    echo "Building the $preset preset in $folder/ (log: $log)"
    if ! { cmake --preset "$preset" "$@" && cmake --build --preset "$preset" --parallel "$(nproc)"; } \
        </dev/null >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        echo "The build failed: the end of $log is above." >&2
        exit 70
    fi
}
