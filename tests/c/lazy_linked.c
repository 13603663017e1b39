/* A program that is linked with the library has nothing started either: see lazy.h. What there was before is looked at ahead of
 * all libraries' constructors. */
#include "lazy.h"

static struct outlook before;

static void at_first(int count, char **arguments, char **environment)
{
    (void)count, (void)arguments;
    environ = environment; /* as the C library has it a moment later */
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
    CHECK(*tempfile_version() != '\0'); /* which has the linker name the library */
    return check_lazy(&before);
}
