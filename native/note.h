/* The keeper's own log, which is its standard error. */
#ifndef TC_NOTE_H
#define TC_NOTE_H

#include "error.h"

/* Writes one line: the time, `text`, and the call, object and errno of `error`. */
void tc_note (const char *text, const tc_error *error);

#endif
