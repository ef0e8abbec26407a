/* The end of a project: what the kernel takes its time for, and folders that nobody uses any more. */
#ifndef TC_CLOSING_H
#define TC_CLOSING_H

#include "client.h"
#include "error.h"

typedef struct
{
  bool is_asked;     /* CLOSE was accepted */
  tc_client *client; /* who asked; NULL once it has gone */
  uint64_t request_id;
  tc_buffer messages; /* for rtnetlink */
  char **folders;
  size_t folder_count;
} tc_closing;

/* CLOSE: keeps the request for the two calls below. Returns 0 or -errno. */
int tc_handle_close (tc_closing *closing, const tc_request *request, tc_error *error);
void tc_closing_forget_client (tc_closing *closing, const tc_client *client);

/* Tells who asked that nothing of the keeper's is left; the answer follows. */
void tc_closing_confirm (const tc_closing *closing);
/* Has the kernel carry out the messages, which blocks for its grace periods, and answers. */
void tc_closing_send (tc_closing *closing);
/* Removes the folders, which need not exist. */
void tc_closing_remove_folders (tc_closing *closing);

#endif
