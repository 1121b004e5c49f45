/* Names of lines and layers, as figures have room for them. */
#include "plots_names.h"

#include "skel/text.h"
#include "skel/utf8.h"

#include "figure_layout.h"

#include <stdio.h>
#include <string.h>

/* "iterations" of "prune.iterations". */
static const char *last_part(const char *key)
{
    const char *dot = strrchr(key, '.');

    return dot != NULL ? dot + 1 : key;
}

static bool is_long(const skel_report_section *section)
{
    for (size_t i = 0; i < section->lines; i++) {
        if (strlen(section->line[i].label) > SKEL_LAYOUT_NAME) {
            return true;
        }
    }
    return false;
}

/* Whether no other key of the labels has this last part. */
static bool is_clear(const skel_texts *keys, size_t index)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (i != index && strcmp(last_part(keys->text[i]), last_part(keys->text[index])) == 0) {
            return false;
        }
    }
    return true;
}

/* The key that stands at the beginning of a text, before a blank; keys->count if there is none. */
static size_t find_key(const skel_texts *keys, const char *text)
{
    size_t at = 0;

    while (at < keys->count) {
        size_t length = strlen(keys->text[at]);

        if (strncmp(text, keys->text[at], length) == 0 && text[length] == ' ') {
            break;
        }
        at++;
    }
    return at;
}

void skel_plots_label(const skel_plots *plots, size_t line, char out[SKEL_FIGURE_LABEL])
{
    const skel_report_section *section = plots->section;
    const skel_texts *keys = &section->keys;
    const char *label = section->line[line].label;
    bool is_brief = is_long(section);
    bool begins = true; /* a part of the label */
    size_t used = 0;

    for (const char *at = label; *at != '\0' && used + 1 < SKEL_FIGURE_LABEL; at++) {
        size_t key = begins && is_brief ? find_key(keys, at) : keys->count;

        if (key < keys->count && is_clear(keys, key)) {
            at = at + (last_part(keys->text[key]) - keys->text[key]);
        }
        begins = at > label && strncmp(at - 1, ", ", 2) == 0;
        out[used++] = *at;
    }
    out[used] = '\0';
}

skel_status skel_plots_series(const skel_plots *plots, size_t line, skel_panel *panel,
                              skel_series **out)
{
    char label[SKEL_FIGURE_LABEL];

    skel_plots_label(plots, line, label);
    return skel_panel_find_series(panel, label, skel_plots_look(plots, line), out);
}

void skel_plots_layer(const char *name, size_t most, char out[SKEL_FIGURE_LABEL])
{
    size_t cut = skel_text_ends_in(name, ".weight") ? strlen(".weight") : 0;
    size_t length = strlen(name) - cut;
    size_t characters = skel_utf8_count(name) - cut;
    size_t left_out = characters > most ? characters - (most - 1) : 0;
    size_t from = left_out > 0 ? skel_utf8_first(name, left_out) : 0;

    (void)snprintf(out, SKEL_FIGURE_LABEL, "%s%.*s", left_out > 0 ? "…" : "", (int)(length - from),
                   name + from);
}
