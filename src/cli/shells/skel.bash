# shellcheck shell=bash
# Completion of skel's command line in bash. `skel help --complete` knows the words; this shows them.

_skel() {
    local words word fixed line spaced=yes replies=()

    # Bash has split the words at = and :, skel wants them whole.
    read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
    if [[ ${COMP_LINE:0:COMP_POINT} == *' ' ]]; then
        words+=('')
    fi
    word=${words[-1]}
    mapfile -t replies < <("${1/#\~/$HOME}" help --complete "${words[@]:1}" 2>/dev/null)

    # Bash replaces what is behind the last = or : only.
    fixed=${word%"${word##*["$COMP_WORDBREAKS"]}"}
    COMPREPLY=()
    for line in "${replies[@]}"; do
        line=${line%%$'\t'*}
        case $line in
        :files | :folders)
            compopt -o filenames 2>/dev/null || :
            line=$([[ $line == :files ]] && echo -f || echo -d)
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$line" -- "${word#"$fixed"}")
            ;;
        *)
            [[ $line != *[=.[] ]] || spaced=no
            COMPREPLY+=("${line#"$fixed"}")
            ;;
        esac
    done
    if [ $spaced = no ]; then
        compopt -o nospace 2>/dev/null || :
    fi
    return 0
}

complete -F _skel skel
