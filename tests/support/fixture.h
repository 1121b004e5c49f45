/** Small data sets in a temporary folder, in the formats of the real ones. */
#ifndef SKEL_TESTS_FIXTURE_H
#define SKEL_TESTS_FIXTURE_H

#include "data/data_folder.h"
#include "data/dataset_internal.h"

enum { SKEL_FIXTURE_TRAIN = 12, SKEL_FIXTURE_TEST = 7 };

/** A small data set of four IDX files, 5 high, 4 wide, 10 classes. Static storage. */
const skel_catalog_entry *skel_fixture_idx(void);

/** A small data set of three files of records with two label bytes, 100 classes, 3 channels. */
const skel_catalog_entry *skel_fixture_records(void);

/** The pixel that the fixtures have at a position (counted over the whole half). */
uint8_t skel_fixture_pixel(bool is_test, size_t position);

/** The label that the fixtures give to a sample. */
uint8_t skel_fixture_label(const skel_catalog_entry *entry, bool is_test, size_t sample);

/** Makes a new empty temporary folder. Aborts if it cannot. */
void skel_fixture_dir(char out[SKEL_PATH]);

/** Removes a folder and all in it; nothing being there is fine. */
void skel_fixture_remove(const char *dir);

/** Writes a file, as it is or through gzip. Aborts if it cannot. */
void skel_fixture_write(const char *dir, const char *name, size_t bytes, const void *content,
                        bool gzip);

/** Content of one file of a fixture; its length is returned.
 *  @param content  [SKEL_FIXTURE_BYTES] out */
size_t skel_fixture_content(const skel_catalog_entry *entry, size_t file, uint8_t content[]);

enum { SKEL_FIXTURE_BYTES = 4096 };

/** Writes all files of a fixture. */
void skel_fixture_fill(const skel_catalog_entry *entry, const char *dir, bool gzip);

#endif
