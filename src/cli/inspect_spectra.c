/* Prints a file of spectra, for skel inspect. */
#include "inspect.h"
#include "spectra_print.h"

#include "skel/run_file.h"
#include "skel/stored.h"

#include <string.h>

bool skel_inspect_is_spectra(skel_reader *reader)
{
    char schema[64];

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    return strcmp(schema, SKEL_SPECTRA_SCHEMA) == 0;
}

/* A kernel of logits, which alone has an alignment, has a row for each image and class. */
static size_t classes_of(const skel_probe *probe, double samples)
{
    for (size_t i = 0; i < probe->count; i++) {
        const skel_spectrum *spectrum = &probe->result[i].spectrum;

        if (spectrum->alignment != NULL && samples >= 1) {
            size_t classes = spectrum->count / (size_t)samples;

            return classes > 0 ? classes : 1;
        }
    }
    return 1;
}

skel_status skel_inspect_spectra(skel_reader *reader, bool tsv)
{
    skel_probe probe = {0};
    size_t classes = 1;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_check_attribute(reader, "/provenance", "samples"));
    SKEL_TRY(skel_probe_read(reader, &probe));
    classes = classes_of(&probe, skel_stored_number(reader, "/provenance", "samples"));
    (tsv ? skel_spectra_print_tsv : skel_spectra_print)(probe.count, probe.result, classes);
done:
    skel_probe_clear(&probe);
    return status;
}
