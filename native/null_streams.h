/* Standard streams that are the null device. */
#ifndef TC_NULL_STREAMS_H
#define TC_NULL_STREAMS_H

#include "error.h"

/* Opens /dev/null again, as the caller's root has it, for every standard stream that is the null device: through the
   host's, root of a container could change the owner and mode of the host's file. Fails with ENODEV if there is
   another file in its place. */
int tc_reopen_null_streams (tc_error *error);

#endif
