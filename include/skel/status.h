/** Status codes, the last error's message, and the macros of functions that can fail. Each thread
 *  has a last error of its own. */
#ifndef SKEL_STATUS_H
#define SKEL_STATUS_H

#include <stdbool.h>

typedef enum skel_status {
    SKEL_OK = 0,
    SKEL_WARNED,       /**< done, with warnings that the exit status tells: 1; has no message */
    SKEL_ERR_USAGE,    /**< unknown or incomplete command line; exit 64 */
    SKEL_ERR_CONFIG,   /**< job or combination of settings that cannot be run; exit 64 */
    SKEL_ERR_MISSING,  /**< a program or service that is needed is not there; exit 69 */
    SKEL_ERR_DATA,     /**< file whose content is damaged or not the expected one; exit 65 */
    SKEL_ERR_NUMBER,   /**< a number that is not finite where it must be; exit 70 */
    SKEL_ERR_INTERNAL, /**< failure of a library call that should not fail; exit 70 */
    SKEL_ERR_MEMORY,   /**< out of memory; exit 70 */
    SKEL_ERR_IO,       /**< a file or directory cannot be read or written; exit 74 */
    SKEL_ERR_STOPPED,  /**< stopped on request, after a checkpoint where possible; exit 75 */
    SKEL_ERR_STORAGE,  /**< a file system takes nothing: it is full, read-only or broken; exit 74 */
} skel_status;

#define SKEL_CHECKED __attribute__((warn_unused_result))
#define SKEL_FORMAT(string, first) __attribute__((format(printf, string, first)))

/** Records an error's message and returns its status, for `return SKEL_FAIL(...)`.
 *
 *  Local. The message names the action, its object, and what was found and expected. The macro
 *  returns the constant itself, so that static analysis knows that it is an error.
 */
#define SKEL_FAIL(status, ...) (skel_error_set((status), __VA_ARGS__), (status))

/** Stores the status of `call` in the variable `status`; jumps to `done` if it is an error. */
#define SKEL_TRY(call)                                                                             \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != SKEL_OK) {                                                                   \
            goto done;                                                                             \
        }                                                                                          \
    } while (0)

/** Ends the program (and, through the abort hook, all ranks) if an invariant of ours is broken. */
#define SKEL_ASSERT(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            skel_assert_failed(#condition, __FILE__, __LINE__);                                    \
        }                                                                                          \
    } while (0)

/** Sets the last error's status and message; the function behind SKEL_FAIL.
 *
 *  Local. Never called with SKEL_OK. Returns `status`.
 */
skel_status skel_error_set(skel_status status, const char *format, ...) SKEL_FORMAT(2, 3);

/** Puts "PREFIX: " before the last error's message, for a caller that knows more.
 *
 *  Local. The message of SKEL_ERR_STOPPED stays as it is: it blames nothing. Returns the last
 *  error's status.
 */
skel_status skel_error_prefix(const char *format, ...) SKEL_FORMAT(1, 2);

/** The last error's message, "" if there was none.
 *
 *  Local. Borrowed until the next error of this thread.
 */
const char *skel_error_message(void);

/** Forgets the last error.
 *
 *  Local.
 */
void skel_error_clear(void);

/** The failure of several files that decides the exit status: damage, else the first.
 *
 *  Local.
 *  @param former  of the files before; SKEL_OK if none has failed
 *  @param next    of the next file
 */
skel_status skel_status_of_files(skel_status former, skel_status next);

/** The exit status of the process for a status: 0, 1, 64, 65, 69, 70, 74 or 75.
 *
 *  Local.
 */
int skel_status_exit_code(skel_status status);

/** The status for a file that cannot be written, by the system's reason.
 *
 *  Local.
 *  @param error  a value of `errno`
 *  @return SKEL_ERR_STORAGE if no other file could be written either, else SKEL_ERR_IO
 */
skel_status skel_status_of_errno(int error);

/** Sets a function that is called before abort() when an assertion fails, e.g. to end all ranks.
 *
 *  Local. NULL: none.
 */
void skel_assert_hook(void (*hook)(void));

/** Reports a broken invariant and ends the process; the function behind SKEL_ASSERT.
 *
 *  Local. Does not return.
 */
void skel_assert_failed(const char *condition, const char *file, int line)
    __attribute__((noreturn));

#endif
