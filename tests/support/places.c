/* Stand-ins for the programs that fetch, and what tests ask of them. */
#include "places.h"

#include "data/fetch_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A stand-in for curl. It serves $FAKE/web, goes on behind what is there as --continue-at - does,
 * brings at most as many bytes a call as the file `limit` says, waits while `hold` exists, and
 * notes each call with the length it started from. */
const char skel_places_curl[] =
    "#!/bin/sh\n"
    "while [ $# -gt 1 ]; do [ \"$1\" = --output ] && out=$2; shift; done\n"
    "name=$(basename \"$1\"); web=$FAKE/web/$name; have=0\n"
    "[ -f \"$out\" ] && have=$(wc -c < \"$out\")\n"
    "echo \"$name $have\" >> $FAKE/calls\n"
    "if [ ! -f \"$web\" ]; then echo 'curl: (22) error: 404' >&2; exit 22; fi\n"
    "all=$(wc -c < \"$web\")\n"
    "if [ $have -ge $all ]; then echo 'curl: (22) error: 416' >&2; exit 22; fi\n"
    "limit=$all; [ -f $FAKE/limit ] && limit=$(cat $FAKE/limit)\n"
    "tail -c +$((have + 1)) \"$web\" | head -c $limit >> \"$out\"\n"
    "if [ -f $FAKE/hold ]; then : > $FAKE/held; while [ -f $FAKE/hold ]; do sleep 0.02; done; fi\n"
    "[ $(wc -c < \"$out\") -eq $all ] && exit 0\n"
    "echo 'curl: (18) transfer closed' >&2; exit 18\n";

/* A stand-in for `npm pack`: it packs nothing, it copies. */
static const char fake_npm[] =
    "#!/bin/sh\n"
    "for last in \"$@\"; do :; done\n"
    "tgz=$(echo $last | tr @ -).tgz\n"
    "echo \"$tgz\" >> $FAKE/calls\n"
    "[ -f $FAKE/web/$tgz ] && cp $FAKE/web/$tgz . && exit 0\n"
    "echo 'npm WARN something else' >&2; echo 'npm ERR! code ENOTFOUND' >&2\n"
    "echo 'npm ERR! request failed, reason: getaddrinfo ENOTFOUND' >&2; exit 1\n";

void skel_places_script(const skel_places *places, const char *name, const char *text)
{
    char path[SKEL_PATH];

    skel_fixture_write(places->fake, name, strlen(text), text, false);
    skel_data_folder_join(places->fake, name, path);
    ck_assert_int_eq(chmod(path, 0755), 0);
}

void skel_places_set_up(const skel_catalog_entry *fixture, skel_places *places)
{
    char path[SKEL_PATH + 32];
    uint8_t content[SKEL_FIXTURE_BYTES];

    skel_fixture_dir(places->fake);
    skel_fixture_dir(places->dir);
    skel_data_folder_join(places->fake, "web", places->served);
    ck_assert_int_eq(mkdir(places->served, 0777), 0);
    (void)snprintf(path, sizeof path, "%s:/usr/bin:/bin", places->fake);
    ck_assert_int_eq(setenv("PATH", path, 1) | setenv("FAKE", places->fake, 1), 0);
    skel_places_script(places, "curl", skel_places_curl);
    skel_places_script(places, "npm", fake_npm);
    places->entry = *fixture;
    for (size_t i = 0; i < places->entry.files; i++) {
        skel_checksum_md5(skel_fixture_content(&places->entry, i, content), content,
                          places->sums[i]);
        places->entry.file[i].md5 = places->sums[i];
    }
}

void skel_places_tear_down(const skel_places *places)
{
    skel_fixture_remove(places->fake);
    skel_fixture_remove(places->dir);
}

bool skel_places_exists(const char *folder, const char *name)
{
    char path[SKEL_PATH];

    skel_data_folder_join(folder, name, path);
    return access(path, F_OK) == 0;
}

const char *skel_places_calls(const skel_places *places)
{
    static char text[4096];
    char path[SKEL_PATH];
    FILE *file = NULL;
    size_t bytes = 0;

    skel_data_folder_join(places->fake, "calls", path);
    file = fopen(path, "r");
    if (file != NULL) {
        bytes = fread(text, 1, sizeof text - 1, file);
        (void)fclose(file);
    }
    text[bytes] = '\0';
    return text;
}

void skel_places_check_complete(const skel_places *places)
{
    ck_assert_uint_eq(skel_fetch_count(&places->entry, places->dir), places->entry.files);
    ck_assert_ok(skel_fetch_check(&places->entry, places->dir));
    ck_assert(!skel_places_exists(places->dir, ".fetch"));
}

void skel_places_check_failure(skel_status got, skel_status expected, const char *first,
                               const char *second)
{
    ck_assert_msg(got == expected, "status %d: %s", (int)got, skel_error_message());
    ck_assert_msg(strstr(skel_error_message(), first) != NULL, "no '%s' in: %s", first,
                  skel_error_message());
    ck_assert_msg(strstr(skel_error_message(), second) != NULL, "no '%s' in: %s", second,
                  skel_error_message());
}
