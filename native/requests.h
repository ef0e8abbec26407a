/* What the keeper does when it is asked. */
#ifndef TC_REQUESTS_H
#define TC_REQUESTS_H

#include "keeper.h"

/* Handles one message. `payload` lies in the client's input. */
void tc_request_handle (tc_keeper *keeper, tc_client *client, const tc_header *header,
                        tc_span payload);

#endif
