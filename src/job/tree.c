/* YAML events into a tree, and messages with line and column. */
#include "tree.h"

#include "skel/control.h"
#include "skel/memory.h"
#include "skel/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

/* A job needs four levels; a text that nests a million must not use up the stack. */
enum { DEEPEST = 16, SHOWN_TEXT = 60, MESSAGE = 1536 };

typedef struct tree_builder {
    yaml_parser_t parser;
    skel_tree *tree;
    size_t bytes;
    const char *text;
} tree_builder;

void skel_tree_name(skel_tree *tree, const char *label, bool placed)
{
    size_t length = strlen(label);
    size_t room = sizeof tree->label - 1;

    (void)snprintf(tree->label, sizeof tree->label, "%s%s", length > room ? "..." : "",
                   length > room ? label + (length - room + 3) : label);
    tree->placed = placed;
}

static skel_status fail_at(const skel_tree *tree, size_t line, size_t column, const char *message)
{
    if (!tree->placed) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "%s: %s", tree->label, message);
    }
    return SKEL_FAIL(SKEL_ERR_CONFIG, "%s:%zu:%zu: %s", tree->label, line, column, message);
}

skel_status skel_tree_fail(const skel_tree *tree, size_t at, const char *format, ...)
{
    char message[MESSAGE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return fail_at(tree, tree->node[at].line, tree->node[at].column, message);
}

/* Line and column, from 1, of a byte of the text: libyaml gives its reader's errors so. */
static void place_of(const tree_builder *build, size_t offset, size_t *line, size_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < offset && i < build->bytes; i++) {
        if (build->text[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (!skel_utf8_continues(build->text[i])) {
            ++*column; /* but not at the later bytes of a UTF-8 character */
        }
    }
}

/* Whether the white space that a line begins with has a tab in it. */
static bool line_has_tab(const tree_builder *build, size_t line)
{
    size_t start = 0;

    for (size_t number = 1; number < line; number++) {
        const char *end = memchr(build->text + start, '\n', build->bytes - start);

        if (end == NULL) {
            return false;
        }
        start = (size_t)(end - build->text) + 1;
    }
    while (start < build->bytes && build->text[start] == ' ') {
        start++;
    }
    return start < build->bytes && build->text[start] == '\t';
}

static skel_status syntax_error(const tree_builder *build)
{
    const yaml_parser_t *parser = &build->parser;
    size_t line = parser->problem_mark.line + 1;
    size_t column = parser->problem_mark.column + 1;
    char message[MESSAGE];

    if (parser->error == YAML_MEMORY_ERROR) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "%s: out of memory while reading YAML",
                         build->tree->label);
    }
    if (parser->error == YAML_READER_ERROR) {
        place_of(build, parser->problem_offset, &line, &column);
        (void)snprintf(message, sizeof message, "not a text: %s (byte %zu)", parser->problem,
                       parser->problem_offset);
    } else if (line_has_tab(build, line)) {
        (void)snprintf(message, sizeof message,
                       "not valid YAML: a tab in the indentation; use spaces");
    } else {
        (void)snprintf(message, sizeof message, "not valid YAML: %s%s%s",
                       parser->context != NULL ? parser->context : "",
                       parser->context != NULL ? ", " : "", parser->problem);
    }
    return fail_at(build->tree, line, column, message);
}

static skel_status next_event(tree_builder *build, yaml_event_t *event)
{
    if (yaml_parser_parse(&build->parser, event) == 0) {
        memset(event, 0, sizeof *event);
        return syntax_error(build);
    }
    return SKEL_OK;
}

static skel_status refuse(const tree_builder *build, const yaml_event_t *event, const char *what)
{
    char message[MESSAGE];

    (void)snprintf(message, sizeof message, "%s", what);
    return fail_at(build->tree, event->start_mark.line + 1, event->start_mark.column + 1, message);
}

/* Refuses what the event carries beside its content. */
static skel_status check_properties(const tree_builder *build, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;

    if (event->type == YAML_ALIAS_EVENT) {
        return refuse(build, event, "aliases (*NAME) are not supported: write the value again");
    }
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        if (strlen((const char *)event->data.scalar.value) != event->data.scalar.length) {
            return refuse(build, event, "a text must not contain a zero byte");
        }
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor != NULL) {
        return refuse(build, event, "anchors (&NAME) are not supported");
    }
    if (tag != NULL) {
        return refuse(build, event, "tags (!NAME) are not supported");
    }
    return SKEL_OK;
}

/* Appends an empty node; `*index` is its number. */
static skel_status append(skel_tree *tree, const yaml_mark_t *mark, size_t *index)
{
    if (tree->nodes == tree->room) {
        size_t room = tree->room > 0 ? 2 * tree->room : 64;
        skel_status status = SKEL_GROW(room, sizeof *tree->node, &tree->node);

        if (status != SKEL_OK) {
            return status;
        }
        tree->room = room;
    }
    *index = tree->nodes++;
    memset(&tree->node[*index], 0, sizeof tree->node[*index]);
    tree->node[*index].line = mark->line + 1;
    tree->node[*index].column = mark->column + 1;
    return SKEL_OK;
}

static skel_status add_node(tree_builder *build, yaml_event_t *event, size_t depth, size_t *index);

/* Adds what stands between a list's or mapping's first event and its last one. */
static skel_status add_children(tree_builder *build, size_t parent, size_t depth)
{
    skel_tree *tree = build->tree;
    size_t last = 0;

    for (;;) {
        yaml_event_t event;
        size_t child = 0;
        skel_status status = next_event(build, &event);

        if (status == SKEL_OK &&
            (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT)) {
            yaml_event_delete(&event);
            return SKEL_OK;
        }
        if (status == SKEL_OK) {
            status = add_node(build, &event, depth + 1, &child);
        }
        if (status != SKEL_OK) {
            return status;
        }
        if (tree->node[parent].kind == SKEL_NODE_MAPPING && tree->node[parent].children % 2 == 0 &&
            tree->node[child].kind != SKEL_NODE_SCALAR) {
            return skel_tree_fail(tree, child, "expected a key, found a %s",
                                  tree->node[child].kind == SKEL_NODE_LIST ? "list" : "mapping");
        }
        *(last == 0 ? &tree->node[parent].first : &tree->node[last].next) = child;
        tree->node[parent].children++;
        last = child;
    }
}

/* Adds the node that the event begins, with all that is below it; the event is *taken*. */
static skel_status add_node(tree_builder *build, yaml_event_t *event, size_t depth, size_t *index)
{
    skel_tree *tree = build->tree;
    bool is_scalar = event->type == YAML_SCALAR_EVENT;
    skel_status status = check_properties(build, event);

    if (status == SKEL_OK && depth > DEEPEST) {
        status = refuse(build, event, "nested too deeply");
    }
    SKEL_TRY(status);
    SKEL_TRY(append(tree, &event->start_mark, index));
    if (is_scalar) {
        tree->node[*index].quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        status = skel_strdup((const char *)event->data.scalar.value, &tree->node[*index].text);
    } else {
        tree->node[*index].kind =
            event->type == YAML_SEQUENCE_START_EVENT ? SKEL_NODE_LIST : SKEL_NODE_MAPPING;
    }
done:
    yaml_event_delete(event);
    return status == SKEL_OK && !is_scalar ? add_children(build, *index, depth) : status;
}

/* Reads the stream's events one after the other: at most one document. */
static skel_status read_stream(tree_builder *build)
{
    bool ended = false;
    skel_status status = SKEL_OK;

    while (status == SKEL_OK && !ended) {
        yaml_event_t event;
        yaml_event_type_t type = YAML_NO_EVENT;
        size_t root = 0;

        SKEL_TRY(next_event(build, &event));
        type = event.type;
        if (type == YAML_DOCUMENT_START_EVENT && build->tree->nodes > 0) {
            status = refuse(build, &event, "a second document; there must be only one");
        } else if (type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
                   type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT) {
            status = add_node(build, &event, 0, &root);
            continue;
        }
        ended = type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    if (status == SKEL_OK && build->tree->nodes == 0) {
        const yaml_mark_t start = {0, 0, 0};
        size_t root = 0;

        SKEL_TRY(append(build->tree, &start, &root));
        status = skel_strdup("", &build->tree->node[root].text);
    }
done:
    return status;
}

skel_status skel_tree_parse(size_t bytes, const char text[], skel_tree *tree)
{
    tree_builder build = {.tree = tree, .bytes = bytes, .text = text};
    skel_status status = SKEL_OK;

    if (yaml_parser_initialize(&build.parser) == 0) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "%s: out of memory while reading YAML", tree->label);
    }
    yaml_parser_set_input_string(&build.parser, (const unsigned char *)text, bytes);
    status = read_stream(&build);
    yaml_parser_delete(&build.parser);
    return status;
}

void skel_tree_clear(skel_tree *tree)
{
    for (size_t i = 0; i < tree->nodes; i++) {
        SKEL_FREE(&tree->node[i].text);
    }
    SKEL_FREE(&tree->node);
    tree->nodes = 0;
    tree->room = 0;
}

void skel_tree_show(const skel_tree *tree, size_t at, char out[SKEL_TREE_SHOWN])
{
    const skel_node *node = &tree->node[at];
    size_t length = 0;

    if (node->kind != SKEL_NODE_SCALAR || skel_tree_is_null(tree, at)) {
        (void)snprintf(out, SKEL_TREE_SHOWN, "%s",
                       node->kind == SKEL_NODE_LIST      ? "a list"
                       : node->kind == SKEL_NODE_MAPPING ? "a mapping"
                                                         : "nothing");
        return;
    }
    length = skel_utf8_cut(node->text, SHOWN_TEXT);
    (void)snprintf(out, SKEL_TREE_SHOWN, "\"%.*s%s\"%s", (int)length, node->text,
                   node->text[length] != '\0' ? "..." : "", node->quoted ? " in quotes" : "");
    skel_control_mask(out);
}

bool skel_tree_is_null(const skel_tree *tree, size_t at)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    const skel_node *node = &tree->node[at];

    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++) {
        if (node->kind == SKEL_NODE_SCALAR && !node->quoted && strcmp(node->text, nulls[i]) == 0) {
            return true;
        }
    }
    return false;
}

size_t skel_tree_find(const skel_tree *tree, size_t mapping, const char *key)
{
    if (tree->node[mapping].kind != SKEL_NODE_MAPPING) {
        return 0;
    }
    for (size_t at = tree->node[mapping].first; at != 0;
         at = tree->node[tree->node[at].next].next) {
        if (strcmp(tree->node[at].text, key) == 0) {
            return at;
        }
    }
    return 0;
}
