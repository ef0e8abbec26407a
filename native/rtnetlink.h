/* Messages to rtnetlink that a client has composed. */
#ifndef TC_RTNETLINK_H
#define TC_RTNETLINK_H

#include "error.h"
#include "wire.h"

/* Sends `messages` in the keeper's network namespace, and appends what the kernel answers to `answers`: for each datagram
   its u32 length and its bytes. Returns when the kernel has carried all out, or -errno if nothing was sent. */
int tc_rtnetlink_send (tc_span messages, tc_buffer *answers, tc_error *error);

#endif
