/** A YAML text as a small tree whose nodes have their line and column. The only user of libyaml. */
#ifndef SKEL_JOB_TREE_H
#define SKEL_JOB_TREE_H

#include "skel/status.h"

#include <stddef.h>

enum {
    SKEL_TREE_LABEL = 256, /**< bytes of a text's name in messages */
    SKEL_TREE_SHOWN = 96,  /**< bytes that skel_tree_show() needs */
};

typedef enum skel_node_kind {
    SKEL_NODE_SCALAR,
    SKEL_NODE_LIST,
    SKEL_NODE_MAPPING,
} skel_node_kind;

/** One node. Indices count from the tree's root, 0, which is nobody's child: 0 is also "none". */
typedef struct skel_node {
    skel_node_kind kind;
    bool quoted;     /**< scalar in quotes or in a block: a text, whatever it looks like */
    char *text;      /**< scalar's content, *owned* by the tree; NULL for the other kinds */
    size_t line;     /**< from 1 */
    size_t column;   /**< from 1, in characters */
    size_t children; /**< a mapping's are key, value, key, value, ... */
    size_t first;    /**< first child */
    size_t next;     /**< next child of the same parent */
} skel_node;

/** A whole text. Zero bytes are a tree without nodes. */
typedef struct skel_tree {
    char label[SKEL_TREE_LABEL]; /**< file, or argument, in messages */
    bool placed;                 /**< messages give line and column too */
    size_t nodes;
    size_t room;
    skel_node *node; /**< [nodes]; node[0] is the root, an empty text's is an empty scalar */
} skel_tree;

/** Names the text for messages; a name that is too long loses its beginning.
 *
 *  Local.
 */
void skel_tree_name(skel_tree *tree, const char *label, bool placed);

/** Reads a text of one document into a tree that has been named.
 *
 *  Local. Anchors, aliases, tags, a second document and keys that are no scalars are refused.
 *  @param text  [bytes], UTF-8 or UTF-16, any content
 *  @param tree  *owned*: skel_tree_clear() it, after an error too
 *  Errors: SKEL_ERR_CONFIG with the place; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_tree_parse(size_t bytes, const char text[], skel_tree *tree);

/** Frees the tree's nodes.
 *
 *  Local.
 */
void skel_tree_clear(skel_tree *tree);

/** Records an error at a node: "label:line:column: message", or "label: message".
 *
 *  Local. Returns SKEL_ERR_CONFIG.
 */
SKEL_CHECKED skel_status skel_tree_fail(const skel_tree *tree, size_t at, const char *format, ...)
    SKEL_FORMAT(3, 4);

/** Describes a node for messages: "abc" with its quotes, a list, a mapping, nothing.
 *
 *  Local. Long texts are cut, control characters replaced.
 */
void skel_tree_show(const skel_tree *tree, size_t at, char out[SKEL_TREE_SHOWN]);

/** Whether the node is YAML's null: nothing, ~ or null, without quotes.
 *
 *  Local.
 */
bool skel_tree_is_null(const skel_tree *tree, size_t at);

/** The node of a mapping's key, 0 if there is none.
 *
 *  Local. The value is the key's `next`.
 */
size_t skel_tree_find(const skel_tree *tree, size_t mapping, const char *key);

#endif
