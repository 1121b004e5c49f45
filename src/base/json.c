/* JSON, with cJSON: which this file alone uses. */
#include "skel/json.h"

#include "skel/memory.h"
#include "skel/utf8.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 8, DIGITS = 32 };

struct skel_json {
    cJSON *open[DEPTH + 1]; /* [0] the document; the others are inside it */
    size_t depth;
    bool incomplete; /* a value was left out because memory ran out */
};

static skel_status out_of_memory(void)
{
    return SKEL_FAIL(SKEL_ERR_MEMORY, "out of memory for a JSON document");
}

skel_status skel_json_create(skel_json **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status == SKEL_OK) {
        (*out)->open[0] = cJSON_CreateObject();
        if ((*out)->open[0] == NULL) {
            SKEL_FREE(out);
            status = out_of_memory();
        }
    }
    return status;
}

void skel_json_destroy(skel_json **json)
{
    if (*json != NULL) {
        cJSON_Delete((*json)->open[0]);
        SKEL_FREE(json);
    }
}

/* Puts a new value into the innermost object or list, which owns it from now on. */
static void put(skel_json *json, const char *name, cJSON *value)
{
    cJSON *into = json->open[json->depth];
    cJSON_bool done = 0;

    if (value != NULL) {
        done = name != NULL ? cJSON_AddItemToObject(into, name, value)
                            : cJSON_AddItemToArray(into, value);
    }
    if (!done) {
        cJSON_Delete(value);
        json->incomplete = true;
    }
}

void skel_json_add_text(skel_json *json, const char *name, const char *text)
{
    char *copy = NULL;

    if (skel_strdup(text, &copy) != SKEL_OK) {
        json->incomplete = true;
        return;
    }
    for (char *at = copy; *at != '\0';) {
        size_t bytes = skel_utf8_bytes(at);

        if (bytes == 0) {
            *at = '?';
        }
        at += bytes > 0 ? bytes : 1;
    }
    put(json, name, cJSON_CreateString(copy));
    SKEL_FREE(&copy);
}

/* cJSON itself prints some doubles with too few digits to read the same one again. */
void skel_json_add_number(skel_json *json, const char *name, double number)
{
    char digits[DIGITS];
    int precision = 15;

    if (!isfinite(number)) {
        skel_json_add_null(json, name);
        return;
    }
    do {
        (void)snprintf(digits, sizeof digits, "%.*g", precision, number);
    } while (strtod(digits, NULL) != number && precision++ < 17);
    put(json, name, cJSON_CreateRaw(digits));
}

void skel_json_add_count(skel_json *json, const char *name, uint64_t count)
{
    char digits[DIGITS];

    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    put(json, name, cJSON_CreateRaw(digits));
}

void skel_json_add_null(skel_json *json, const char *name)
{
    put(json, name, cJSON_CreateNull());
}

/* What is opened when memory has run out is nothing: its values go into the object around it, and
 * the document is never printed. */
static void open_value(skel_json *json, const char *name, cJSON *value)
{
    SKEL_ASSERT(json->depth < DEPTH);
    put(json, name, value);
    json->open[json->depth + 1] = json->incomplete ? json->open[json->depth] : value;
    json->depth++;
}

void skel_json_open(skel_json *json, const char *name)
{
    open_value(json, name, cJSON_CreateObject());
}

void skel_json_open_list(skel_json *json, const char *name)
{
    open_value(json, name, cJSON_CreateArray());
}

void skel_json_close(skel_json *json)
{
    SKEL_ASSERT(json->depth > 0);
    json->depth--;
}

skel_status skel_json_print(const skel_json *json, char **out)
{
    char *text = json->incomplete ? NULL : cJSON_PrintUnformatted(json->open[0]);
    skel_status status = SKEL_OK;

    *out = NULL;
    if (text == NULL) {
        return out_of_memory();
    }
    status = skel_strdup(text, out);
    cJSON_free(text);
    return status;
}

skel_status skel_json_parse(const char *label, size_t bytes, const char text[], skel_json **out)
{
    const char *end = text;
    cJSON *object = cJSON_ParseWithLengthOpts(text, bytes, &end, 0);
    skel_json *json = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    while (object != NULL && end < text + bytes && strchr(" \t\r\n", *end) != NULL && *end != 0) {
        end++;
    }
    if (object == NULL || end != text + bytes || !cJSON_IsObject(object)) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: no JSON object (error at byte %zu of %zu)", label,
                           (size_t)(end - text), bytes);
        goto done;
    }
    SKEL_TRY(SKEL_ALLOC(1, sizeof *json, &json));
    json->open[0] = object;
    object = NULL;
    *out = json;
done:
    cJSON_Delete(object);
    return status;
}

const char *skel_json_text(const skel_json *json, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json->open[0], name));

    return text != NULL ? text : "";
}

double skel_json_number(const skel_json *json, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json->open[0], name);

    return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

/* A value as people read it: texts without quotation marks. */
static void write_value(const cJSON *value, size_t size, char out[])
{
    char *text = NULL;

    if (cJSON_IsString(value)) {
        (void)snprintf(out, size, "%s", value->valuestring);
        return;
    }
    text = cJSON_PrintUnformatted(value);
    (void)snprintf(out, size, "%s", text != NULL ? text : "?");
    cJSON_free(text);
}

void skel_json_pairs(const skel_json *json, const char *name, size_t size, char out[])
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(json->open[0], name);
    size_t used = 0;

    out[0] = '\0';
    for (const cJSON *item = cJSON_IsObject(object) ? object->child : NULL; item != NULL;
         item = item->next) {
        char value[128];
        int length = 0;

        if (cJSON_IsObject(item)) {
            continue;
        }
        write_value(item, sizeof value, value);
        length =
            snprintf(out + used, size - used, "%s%s=%s", used > 0 ? ", " : "", item->string, value);
        if (length < 0 || (size_t)length >= size - used) {
            (void)snprintf(out + (size > 4 ? size - 4 : 0), size > 4 ? 4 : size, "...");
            return;
        }
        used += (size_t)length;
    }
}

void skel_json_libraries(char out[SKEL_LIBRARIES])
{
    (void)snprintf(out, SKEL_LIBRARIES, "cJSON %.24s", cJSON_Version());
}
