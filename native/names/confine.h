/* What the server gives up before it reads anything. */
#ifndef TC_NAMES_CONFINE_H
#define TC_NAMES_CONFINE_H

/* Becomes nobody without rights, who cannot gain any, and for whom the kernel does nothing but what the server needs: it opens no
   file, starts no program, and makes no sockets but those of TCP and UDP. Returns 0 or -errno. */
int tc_confine (void);

#endif
