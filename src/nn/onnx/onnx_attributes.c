/* Attributes of a node. */
#include "onnx_attributes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const Onnx__AttributeProto *skel_onnx_attributes_find(const Onnx__NodeProto *node, const char *name)
{
    for (size_t i = 0; i < node->n_attribute; i++) {
        if (node->attribute[i]->name != NULL && strcmp(node->attribute[i]->name, name) == 0) {
            return node->attribute[i];
        }
    }
    return NULL;
}

int64_t skel_onnx_attributes_integer(const Onnx__NodeProto *node, const char *name,
                                     int64_t fallback)
{
    const Onnx__AttributeProto *attribute = skel_onnx_attributes_find(node, name);

    return attribute == NULL ? fallback : attribute->i;
}

double skel_onnx_attributes_meant(float value)
{
    enum { MOST_DIGITS = 9, TEXT = 32 };
    char text[TEXT];

    for (int digits = 1; digits < MOST_DIGITS; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value) {
            return strtod(text, NULL);
        }
    }
    return (double)value;
}

double skel_onnx_attributes_real(const Onnx__NodeProto *node, const char *name, double fallback)
{
    const Onnx__AttributeProto *attribute = skel_onnx_attributes_find(node, name);

    return attribute == NULL ? fallback : skel_onnx_attributes_meant(attribute->f);
}

bool skel_onnx_attributes_integers(const Onnx__NodeProto *node, const char *name, size_t count,
                                   int64_t out[])
{
    const Onnx__AttributeProto *attribute = skel_onnx_attributes_find(node, name);

    if (attribute == NULL) {
        return true;
    }
    if (attribute->n_ints != count) {
        return false;
    }
    memcpy(out, attribute->ints, count * sizeof *out);
    return true;
}

bool skel_onnx_attributes_is(const Onnx__NodeProto *node, const char *name, const char *text)
{
    const Onnx__AttributeProto *attribute = skel_onnx_attributes_find(node, name);

    return attribute != NULL && attribute->s.len == strlen(text) &&
           memcmp(attribute->s.data, text, attribute->s.len) == 0;
}
