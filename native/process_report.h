/* What a child reports between its clone and its exec. */
#ifndef TC_PROCESS_REPORT_H
#define TC_PROCESS_REPORT_H

#include "process.h"

/* Takes one report. `source` is the process's own. */
void tc_process_report_ready (tc_source *source, uint32_t events);

#endif
