/* Requests about what the keeper holds. */
#ifndef TC_HELD_REQUESTS_H
#define TC_HELD_REQUESTS_H

#include "client.h"
#include "error.h"
#include "held.h"

/* Each returns 0 if a reply was sent, or -errno. */
int tc_handle_hold (tc_held_list *list, const tc_request *request, tc_error *error);
int tc_handle_keep (tc_held_list *list, const tc_request *request, tc_error *error);
int tc_handle_entrust (tc_held_list *list, const tc_request *request, tc_error *error);
int tc_handle_release (tc_held_list *list, const tc_request *request, tc_error *error);
int tc_handle_lend (const tc_held_list *list, const tc_request *request, tc_error *error);
int tc_handle_held (const tc_held_list *list, const tc_request *request, tc_error *error);

#endif
