/** Memory that a host still has. */
#ifndef SKEL_HOST_MEMORY_H
#define SKEL_HOST_MEMORY_H

/** Bytes that the processes of this host, and of this process' control groups, can still take.
 *
 *  Local. Infinite (1e300) where the system does not tell.
 *  @param limit  out: what the number is, in words: "free on the host", "its control group allows";
 *                static storage; NULL if not wanted
 */
double skel_host_memory_free(const char **limit);

#endif
