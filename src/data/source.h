/** Places that have the files of a data set, and how to get the files from them. */
#ifndef SKEL_DATA_SOURCE_H
#define SKEL_DATA_SOURCE_H

#include "catalog.h"

/** A kind of place. */
typedef enum skel_source_way {
    SKEL_SOURCE_COPY,    /**< a package's folder on this machine */
    SKEL_SOURCE_FILES,   /**< a folder on the web with each file as NAME.gz */
    SKEL_SOURCE_ARCHIVE, /**< a tar.gz on the web */
    SKEL_SOURCE_NPM,     /**< a package that `npm pack` fetches */
} skel_source_way;

/** One place. Static, immutable. */
typedef struct skel_source {
    skel_source_way way;
    const char *from;   /**< folder, URL or name@version of the package */
    const char *md5;    /**< of an archive, NULL if not published */
    const char *prefix; /**< folder of the files within an archive or package */
    bool sheets;        /**< the files are PNG sheets, to be converted */
    size_t bytes;       /**< roughly, that come over the net; for progress */
} skel_source;

/** A fetch on its way: one data set into one folder. Plain data. */
typedef struct skel_fetch_work {
    const skel_catalog_entry *entry;
    char dir[SKEL_PATH];      /**< where the files are to be; those that are there are right */
    char work[SKEL_PATH];     /**< below it: .fetch */
    char ready[SKEL_PATH];    /**< below it: verified files under their final names */
    char unpacked[SKEL_PATH]; /**< below it: what came out of an archive */
    char messages[SKEL_PATH]; /**< below it: what the last program printed */
} skel_fetch_work;

/** The places of a data set, best first.
 *
 *  Local. Static storage; `*count` may be 0.
 */
const skel_source *skel_source_of(const skel_catalog_entry *entry, size_t *count);

/** Asks one place for all files and puts them, verified, into the ready folder.
 *
 *  Local. What is ready already, or partly downloaded, is used.
 *  Errors: SKEL_ERR_IO or SKEL_ERR_DATA, with the reason; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_source_ask(const skel_fetch_work *work, const skel_source *source);

/** Reads a file of the ready folder or a candidate for it, and compares it with the catalog's MD5.
 *
 *  Local. Errors: SKEL_ERR_DATA if it is damaged or has another MD5; SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_source_check(const skel_catalog_entry *entry,
                                           const skel_catalog_file *file, const char *path,
                                           const char *md5);

/** Downloads a URL by curl, going on where an earlier attempt stopped.
 *
 *  Local.
 *  @param path   file that grows
 *  @param bytes  roughly how long it becomes, for progress; 0 if not known
 *  Errors: SKEL_ERR_IO with curl's reason; what came so far is kept.
 */
SKEL_CHECKED skel_status skel_download(const skel_fetch_work *work, const char *url,
                                       const char *path, size_t bytes);

/** Writes a file of records from a PNG sheet whose rows are images, pixels in row-major order.
 *
 *  Local.
 *  @param sheet   path of the PNG: `file->count` high, height * width wide, RGB
 *  @param labels  path of a JSON list of numbers, of which those from `file->first` on are taken
 *  @param out     path of the file to write
 *  Errors: SKEL_ERR_DATA if the sheet or the list is not of that kind; SKEL_ERR_IO;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sheet_convert(const skel_catalog_entry *entry,
                                            const skel_catalog_file *file, const char *sheet,
                                            const char *labels, const char *out);

#endif
