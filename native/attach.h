/* Clients that join the streams of a process that runs. */
#ifndef TC_ATTACH_H
#define TC_ATTACH_H

#include "client.h"
#include "process.h"

/* Replies with the read ends of pipes that the output of a container is copied to from now on, and with a descriptor for
   its input where it has one. Returns 0 or -errno. */
int tc_handle_attach (const tc_processes *processes, const tc_request *request, tc_error *error);

#endif
