/* In a program that is linked with the library, loading starts nothing either: see lazy.h. The state before the load is
 * taken ahead of all constructors. */
#include "lazy.h"

static struct outlook before;

static void at_first(int count, char **arguments, char **environment)
{
    (void)count, (void)arguments;
    environ = environment; /* the C library sets it a little later */
    set_up_host();
    look(&before);
}
__attribute__((section(".preinit_array"), used)) static void (*const before_constructors)(int, char **, char **) = at_first;

int main(void)
{
#ifndef __GLIBC__
    printf("musl calls nothing before the libraries' constructors (.preinit_array)");
    return 77;
#endif
    CHECK(*tempfile_version() != '\0'); /* uses the library, so that the linker does not drop it */
    return check_lazy(&before);
}
