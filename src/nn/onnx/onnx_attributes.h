/** Attributes of a node, by name. */
#ifndef SKEL_NN_ONNX_ATTRIBUTES_H
#define SKEL_NN_ONNX_ATTRIBUTES_H

#include <onnx.pb-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** An attribute; NULL if the node does not have it.
 *
 *  Local.
 */
const Onnx__AttributeProto *skel_onnx_attributes_find(const Onnx__NodeProto *node,
                                                      const char *name);

/** A whole number, or its default.
 *
 *  Local.
 */
int64_t skel_onnx_attributes_integer(const Onnx__NodeProto *node, const char *name,
                                     int64_t fallback);

/** The decimal number that was meant by a float32: 1e-5, not 9.99999974737875e-06.
 *
 *  Local. The number of fewest digits that has this float32. So an imported network has the bits of
 *  one whose numbers were written as double.
 */
double skel_onnx_attributes_meant(float value);

/** A floating-point number, as skel_onnx_attributes_meant(), or its default.
 *
 *  Local.
 */
double skel_onnx_attributes_real(const Onnx__NodeProto *node, const char *name, double fallback);

/** Whole numbers; untouched if the node does not have the attribute.
 *
 *  Local.
 *  @param out  [count]
 *  @return false if it has another number of them
 */
bool skel_onnx_attributes_integers(const Onnx__NodeProto *node, const char *name, size_t count,
                                   int64_t out[]);

/** Whether an attribute is this text.
 *
 *  Local.
 */
bool skel_onnx_attributes_is(const Onnx__NodeProto *node, const char *name, const char *text);

#endif
