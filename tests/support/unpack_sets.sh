#!/usr/bin/env bash
# Unpacks Fashion-MNIST once, for the scripts that run skel hundreds of times: unpack_sets.sh FOLDER. SKEL is the program.
#
# Unpacking takes as long as the rest of a small run. The other data sets that are there are linked, so that FOLDER can
# be SKEL_DATA. Without Fashion-MNIST nothing is unpacked, and the tests say what they miss.
set -euo pipefail
folder=${1:?the folder of the data sets}
mkdir -p "$folder"
while read -r name where; do
    [ "$where" != "$folder/$name" ] || continue
    if [ "$name" != fashion-mnist ]; then
        ln -sfn "$where" "$folder/$name"
        continue
    fi
    mkdir -p "$folder/$name"
    for packed in "$where"/*.gz; do
        plain=$folder/$name/$(basename "$packed" .gz)
        [ ! -e "$plain" ] || continue
        gzip -dc "$packed" >"$plain.part"
        mv "$plain.part" "$plain"
    done
done < <("${SKEL:?the program}" data | sed -n '/ not in /!s/^\([^ ]*\) .* in *\(\/.*\)$/\1 \2/p')
