/* Figures of a page: the SVG becomes part of it. Its ids get a prefix, because all figures of
 * gnuplot have the same ones, and what the page sets for all is left out. */
#include "page.h"

#include "skel/input.h"
#include "skel/memory.h"

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
    {" = '", "='", false},
    {"\t", " ", false},
};

enum { REPLACEMENTS = sizeof replacements / sizeof replacements[0] };

/* Writes a colour "rgb(  0, 114, 178)" in seven characters; returns how many it stands for, or 0.
 */
static size_t write_colour(FILE *file, const char *at)
{
    unsigned red = 0;
    unsigned green = 0;
    unsigned blue = 0;
    int length = 0;

    if (strncmp(at, "rgb(", 4) != 0 ||
        sscanf(at, "rgb(%3u,%3u,%3u)%n", &red, &green, &blue, &length) != 3 || length == 0) {
        return 0;
    }
    (void)fprintf(file, "#%02x%02x%02x", red & 0xFFU, green & 0xFFU, blue & 0xFFU);
    return (size_t)length;
}

/* Writes one character of a tag, or a replacement; returns how many characters it stands for. */
static size_t write_tag(FILE *file, const char *at, size_t number)
{
    static const char plot[] = " id=\"gnuplot_plot_"; /* the same name in several panels */
    size_t colour = write_colour(file, at);

    if (colour > 0) {
        return colour;
    }
    if (strncmp(at, plot, sizeof plot - 1) == 0) {
        return sizeof plot + strcspn(at + sizeof plot - 1, "\"");
    }
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

/* The end of a group without content, which gnuplot writes for each change of a line's width. */
static const char *skip_empty(const char *at)
{
    const char *end = strncmp(at, "<g ", 3) == 0 ? strchr(at, '>') : NULL;

    if (end == NULL) {
        return NULL;
    }
    end += 1 + strspn(end + 1, "\n\t ");
    return strncmp(end, "</g>", 4) == 0 ? end + 4 : NULL;
}

/* Whether a tag begins here whose element is left out as a whole: names that gnuplot gives, groups
 * without content. */
static const char *skip_element(const char *at)
{
    static const char *const ends[][2] = {{"<title>", "</title>"}, {"<desc>", "</desc>"}};

    for (size_t i = 0; i < 2; i++) {
        if (strncmp(at, ends[i][0], strlen(ends[i][0])) == 0) {
            const char *end = strstr(at, ends[i][1]);

            return end != NULL ? end + strlen(ends[i][1]) : NULL;
        }
    }
    return skip_empty(at);
}

/* The end of the space between two elements. */
static const char *skip_space(const char *at)
{
    const char *end = at + strspn(at, "\n\t");

    return *end == '<' ? end : at;
}

static void write_content(FILE *file, const char *content, size_t number)
{
    bool is_tag = false;

    for (const char *at = content; *at != '\0';) {
        const char *behind = *at == '<' ? skip_element(at) : NULL;

        if (behind != NULL) {
            at = skip_space(behind);
            continue;
        }
        is_tag = *at == '<' || (is_tag && *at != '>');
        if (is_tag) {
            at += write_tag(file, at, number);
        } else if (*at == '>') {
            (void)fputc(*at, file);
            at = skip_space(at + 1);
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
        SKEL_TRY(skel_input_text(path, &svg));
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
