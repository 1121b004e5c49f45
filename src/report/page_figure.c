/* Figures of a page: the SVG becomes part of it. Its ids get a prefix, because all figures of
 * gnuplot have the same ones, and what the page sets for all is left out. */
#include "page.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <string.h>

enum { PATH_BYTES = 4096 };

/* A text within a tag, and what stands in its place; with a prefix behind it. */
typedef struct replacement {
    const char *from;
    const char *to;
    bool has_prefix;
} replacement;

static const replacement replacements[] = {
    {" id=\"", " id=\"", true},
    {" id='", " id='", true},
    {"xlink:href='#", "href='#", true},
    {"xlink:href=", "href=", false},
    {"url(#", "url(#", true},
    {" font-family=\"Helvetica\"", "", false},
    {" stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", "", false},
    {"\t", " ", false},
};

enum { REPLACEMENTS = sizeof replacements / sizeof replacements[0] };

static skel_status read_file(const char *path, char **out)
{
    size_t bytes = 0;
    FILE *file = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_input_look(path, &bytes));
    SKEL_TRY(skel_input_stream(path, &file));
    SKEL_TRY(SKEL_ALLOC(bytes + 1, 1, out));
    if (fread(*out, 1, bytes, file) != bytes) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", path, strerror(errno)));
    }
done:
    if (file != NULL) {
        (void)fclose(file);
    }
    return status;
}

/* Writes one character of a tag, or a replacement; returns how many characters it stands for. */
static size_t write_tag(FILE *file, const char *at, size_t number)
{
    for (size_t i = 0; i < REPLACEMENTS; i++) {
        size_t length = strlen(replacements[i].from);

        if (strncmp(at, replacements[i].from, length) == 0) {
            (void)fputs(replacements[i].to, file);
            if (replacements[i].has_prefix) {
                (void)fprintf(file, "f%zu-", number);
            }
            return length;
        }
    }
    (void)fputc(*at, file);
    return 1;
}

/* Whether a tag begins here whose element is left out as a whole: names that gnuplot gives. */
static const char *skip_element(const char *at)
{
    static const char *const ends[][2] = {{"<title>", "</title>"}, {"<desc>", "</desc>"}};

    for (size_t i = 0; i < 2; i++) {
        if (strncmp(at, ends[i][0], strlen(ends[i][0])) == 0) {
            const char *end = strstr(at, ends[i][1]);

            return end != NULL ? end + strlen(ends[i][1]) : NULL;
        }
    }
    return NULL;
}

static void write_content(FILE *file, const char *content, size_t number)
{
    bool is_tag = false;

    for (const char *at = content; *at != '\0';) {
        const char *behind = *at == '<' ? skip_element(at) : NULL;

        if (behind != NULL) {
            at = behind;
            continue;
        }
        is_tag = *at == '<' || (is_tag && *at != '>');
        if (is_tag) {
            at += write_tag(file, at, number);
        } else if ((*at == '\n' || *at == '\t') && (at[1] == '\n' || at[1] == '\t')) {
            at++; /* indentation and empty lines */
        } else {
            (void)fputc(*at++, file);
        }
    }
}

/* The SVG element, with the size that the page gives it. */
static skel_status write_svg(FILE *file, const skel_report_picture *picture, const char *svg,
                             size_t number)
{
    const char *begin = strstr(svg, "<svg");
    const char *box = begin != NULL ? strstr(begin, "viewBox=\"") : NULL;
    const char *content = begin != NULL ? strchr(begin, '>') : NULL;
    const char *box_end = box != NULL ? strchr(box + strlen("viewBox=\""), '"') : NULL;

    if (content == NULL || box_end == NULL || box > content) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s.svg: gnuplot wrote no SVG element with a viewBox",
                         picture->name);
    }
    (void)fprintf(file, "<svg role=\"img\" aria-labelledby=\"f%zu\" %.*s>", number,
                  (int)(box_end - box + 1), box);
    write_content(file, content + 1, number);
    return SKEL_OK;
}

skel_status skel_page_figure(FILE *file, const skel_report_picture *picture, const char *dir,
                             size_t number)
{
    char path[PATH_BYTES];
    char *svg = NULL;
    skel_status status = SKEL_OK;

    (void)fprintf(file, "<figure class=\"%s\">\n", picture->is_map ? "map" : "lines");
    if (picture->is_drawn) {
        if ((size_t)snprintf(path, sizeof path, "%s/%s.svg", dir, picture->name) >= sizeof path) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_IO, "the path of folder %s is too long", dir));
        }
        SKEL_TRY(read_file(path, &svg));
        SKEL_TRY(write_svg(file, picture, svg, number));
    } else {
        (void)fprintf(file, "<p>This figure is not drawn; <code>gnuplot %s.gp</code> draws it.</p>",
                      picture->name);
    }
    (void)fprintf(file, "<figcaption id=\"f%zu\">", number);
    skel_page_text(file, picture->caption);
    (void)fprintf(file,
                  " Data: <code>%s.tsv</code>, script: <code>%s.gp</code>.</figcaption>\n"
                  "</figure>\n",
                  picture->name, picture->name);
done:
    SKEL_FREE(&svg);
    return status;
}
