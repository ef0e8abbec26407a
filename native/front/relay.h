/* Follows a command that the warm process runs. */
#ifndef TC_FRONT_RELAY_H
#define TC_FRONT_RELAY_H

/* Passes signals on and returns the command's exit code. While the server does not watch for them, SIGINT and SIGTERM
   end it and this process at once. */
int tc_relay (int server);

#endif
