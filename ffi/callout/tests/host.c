/* Loads the library as IRIS would, by the vendor-neutral header, and prints what its table holds and its functions answer. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include "iris-cdzf.h"

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 3;
    }
    struct zfestr *(*get)(IRISCBTP, IRISEFTP);
    *(void **)&get = dlsym(library, "GetZFTable");
    if (get == NULL) return 4;
    for (struct zfestr *entry = get(NULL, NULL); entry->zfename != NULL; entry++) {
        if (strcmp(entry->zfead, "C") == 0) {
            char text[64];
            memset(text, 'x', sizeof text);
            int code = ((int (*)(char *))entry->zfeep)(text);
            int bad = ((int (*)(char *))entry->zfeep)(NULL);
            printf("%s %s %d %d %s\n", entry->zfename, entry->zfead, code, bad, text);
        } else if (strcmp(entry->zfead, "P") == 0) {
            int number = -1;
            int code = ((int (*)(int *))entry->zfeep)(&number);
            int bad = ((int (*)(int *))entry->zfeep)(NULL);
            printf("%s %s %d %d %d\n", entry->zfename, entry->zfead, code, bad, number);
        } else {
            printf("%s %s\n", entry->zfename, entry->zfead);
        }
    }
    return 0;
}
