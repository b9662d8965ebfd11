/*
 * The Callout interface of InterSystems IRIS ($ZF), as IrisPG declares it: what a shared library exports so that ObjectScript
 * can call its functions, and the two tables that IRIS hands to it.
 *
 * The library exports GetZFTable. IRIS calls it once with its tables and gets an array of struct zfestr that ends with an
 * entry of three nulls. A function returns ZF_SUCCESS, or ZF_FAILURE, which becomes the error <FUNCTION>.
 */
#ifndef _iriscdzf_h_
#define _iriscdzf_h_

#include <stddef.h>
#include "iris-callin.h"

#define ZF_SUCCESS 0
#define ZF_FAILURE 1

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Counted strings as arguments of a function ---------------------------------------------------------------------- */

typedef struct zarray {
    unsigned short len;
    unsigned char data[1];
} *ZARRAYP;

typedef struct zwarray {
    unsigned short len;
    unsigned short data[1];
} *ZWARRAYP;

#if IRIS_ZHARR
typedef struct zharray {
    unsigned int len;
    wchar_t data[1];
} *ZHARRAYP;
#endif

/* ---- The table that the library gives to IRIS --------------------------------------------------------------------------- */

typedef int (*zffunc)();

struct zfestr {
    const char *zfename; /* name of the function */
    const char *zfead;   /* one letter for each argument: lower case for input, upper case for output too */
    zffunc zfeep;        /* its address; the letters decide how it is called */
};

/* ---- The tables that IRIS gives to the library --------------------------------------------------------------------------- */

/* Services of IRIS for a function, in their order; the members' names are ours. */
typedef const struct IrisCallbackTab {
    int (*zfstrsize)(void);
    int (*zferror)(int number, int mode);
    int (*mgrdir_a)(int len, char *buffer);
    int (*mgrdir_w)(int len, unsigned short *buffer);
#ifndef _WIN32
    int (*sigrtchk)(void); /* after EINTR: -1 no signal, 0 try again, 1 leave */
    int (*sigrtclr)(void);
    int (*dzfalarm)(void);
#endif
    int (*zfresjob)(void);
#if IRIS_HSTR
    int (*mgrdir_h)(int len, wchar_t *buffer);
#endif
} IRISCBT, *IRISCBTP;

/*
 * The Callin functions for code that runs inside of an IRIS process, in their order; the members' names are ours. Newer
 * versions of IRIS may append more.
 */
typedef const struct IrisExportFuncTab {
    int (*ExecuteA)(IRIS_ASTRP volatile);
    int (*ExecuteW)(IRISWSTRP volatile);
    int (*EvalA)(IRIS_ASTRP volatile);
    int (*EvalW)(IRISWSTRP volatile);
    int (*PromptA)(IRIS_ASTRP);
    int (*PromptW)(IRISWSTRP);
    int (*ErrxlateA)(int, IRIS_ASTRP);
    int (*ErrxlateW)(int, IRISWSTRP);
    int (*ErrorA)(IRIS_ASTRP, IRIS_ASTRP, int *);
    int (*ErrorW)(IRISWSTRP, IRISWSTRP, int *);
    int (*Convert)(unsigned long, void *);
    int (*Type)(void);
    int (*Abort)(unsigned long);
    int (*Signal)(int);
    int (*PushInt)(int);
    int (*PushDbl)(double);
    int (*PushStr)(int, const Callin_char_t *);
    int (*PushStrW)(int, const unsigned short *);
    int (*PushRtn)(unsigned int *, int, const Callin_char_t *, int, const Callin_char_t *);
    int (*PushRtnX)(unsigned int *, int, const Callin_char_t *, int, int, const Callin_char_t*, int,
        const Callin_char_t *);
    int (*PushRtnW)(unsigned int *, int, const unsigned short *, int, const unsigned short *);
    int (*PushRtnXW)(unsigned int *, int, const unsigned short *, int, int, const unsigned short *, int,
        const unsigned short *);
    int (*PushFunc)(unsigned int *, int, const Callin_char_t *, int, const Callin_char_t *);
    int (*PushFuncX)(unsigned int *, int, const Callin_char_t *, int, int, const Callin_char_t*, int,
        const Callin_char_t *);
    int (*PushFuncW)(unsigned int *, int, const unsigned short *, int, const unsigned short *);
    int (*PushFuncXW)(unsigned int *, int, const unsigned short *, int, int, const unsigned short*, int,
        const unsigned short *);
    int (*PushGlobal)(int, const Callin_char_t *);
    int (*PushGlobalX)(int, const Callin_char_t *, int, const Callin_char_t *);
    int (*PushGlobalW)(int, const unsigned short *);
    int (*PushGlobalXW)(int, const unsigned short *, int, const unsigned short *);
    int (*UnPop)(void);
    int (*Pop)(void **);
    int (*PopInt)(int *);
    int (*PopDbl)(double *);
    int (*PopStr)(int *, Callin_char_t **);
    int (*PopStrW)(int *, unsigned short **);
    int (*SetVar)(int, const Callin_char_t *);
    int (*GetVar)(int, const Callin_char_t *);
    int (*DoRtn)(unsigned int, int);
    int (*ExtFun)(unsigned int, int);
    int (*GlobalGet)(int, int);
    int (*GlobalSet)(int);
    int (*DoFun)(unsigned int, int);
    int (*PushClassMethod)(int, const Callin_char_t *, int, const Callin_char_t *, int);
    int (*PushClassMethodW)(int, const unsigned short *, int, const unsigned short *, int);
    int (*PushMethod)(unsigned int, int, const Callin_char_t *, int);
    int (*PushMethodW)(unsigned int, int, const unsigned short *, int);
    int (*InvokeClassMethod)(int);
    int (*InvokeMethod)(int);
    int (*PushProperty)(unsigned int, int, const Callin_char_t *);
    int (*PushPropertyW)(unsigned int, int, const unsigned short *);
    int (*GetProperty)(void);
    int (*SetProperty)(void);
    int (*PushOref)(unsigned int);
    int (*PopOref)(unsigned int *);
    int (*IncrementCountOref)(unsigned int);
    int (*CloseOref)(unsigned int);
    int (*PushCvtW)(int, const unsigned short *);
    int (*PopCvtW)(int *, unsigned short **);
    int (*PushList)(int, const Callin_char_t *);
    int (*PopList)(int *, Callin_char_t **);
    int (*PushPtr)(void *);
    int (*PopPtr)(void **);
    int (*GlobalIncrement)(int);
    int (*Context)(void);
    int (*Ctrl)(unsigned long);
    int (*CvtInA)(IRIS_ASTRP, IRIS_ASTRP, IRIS_ASTRP);
    int (*CvtInW)(IRIS_ASTRP, IRISWSTRP, IRISWSTRP);
    int (*CvtOutA)(IRIS_ASTRP, IRIS_ASTRP, IRIS_ASTRP);
    int (*CvtOutW)(IRISWSTRP, IRISWSTRP, IRIS_ASTRP);
    int (*GlobalQuery)(int, int, int);
    int (*GlobalOrder)(int, int, int);
    int (*GlobalData)(int, int);
    int (*GlobalKill)(int, int);
    int (*GlobalRelease)(void);
    int (*PushLock)(int, const Callin_char_t *);
    int (*PushLockX)(int, const Callin_char_t *, int, const Callin_char_t *);
    int (*PushLockW)(int, const unsigned short *);
    int (*PushLockXW)(int, const unsigned short *, int, const unsigned short *);
    int (*AcquireLock)(int, int, int, int *);
    int (*ReleaseLock)(int, int);
    int (*ReleaseAllLocks)(void);
    int (*TStart)(void);
    int (*TCommit)(void);
    int (*TRollback)(int);
    int (*TLevel)(void);
    int (*CvtExStrInA)(IRIS_EXSTRP, IRIS_ASTRP, IRIS_EXSTRP);
    int (*CvtExStrInW)(IRIS_EXSTRP, IRISWSTRP, IRIS_EXSTRP);
    int (*CvtExStrOutA)(IRIS_EXSTRP, IRIS_ASTRP, IRIS_EXSTRP);
    int (*CvtExStrOutW)(IRIS_EXSTRP, IRISWSTRP, IRIS_EXSTRP);
    int (*PushIEEEDbl)(double);
    int (*ExecuteH)(IRISHSTRP volatile);
    int (*EvalH)(IRISHSTRP volatile);
    int (*PromptH)(IRISHSTRP);
    int (*ErrxlateH)(int, IRISHSTRP);
    int (*ErrorH)(IRISHSTRP, IRISHSTRP, int *);
    int (*CvtInH)(IRIS_ASTRP, IRISHSTRP, IRISHSTRP);
    int (*CvtOutH)(IRISHSTRP, IRISHSTRP, IRIS_ASTRP);
    int (*PushStrH)(int, const wchar_t *);
    int (*PushRtnH)(unsigned int *, int, const wchar_t *, int, const wchar_t *);
    int (*PushRtnXH)(unsigned int *, int, const wchar_t *, int, int, const wchar_t *, int, const wchar_t *);
    int (*PushFuncH)(unsigned int *, int, const wchar_t *, int, const wchar_t *);
    int (*PushFuncXH)(unsigned int *, int, const wchar_t *, int, int, const wchar_t*, int, const wchar_t *);
    int (*PushGlobalH)(int, const wchar_t *);
    int (*PushGlobalXH)(int, const wchar_t *, int, const wchar_t *);
    int (*PushClassMethodH)(int, const wchar_t *, int, const wchar_t *, int);
    int (*PushMethodH)(unsigned int, int, const wchar_t *, int);
    int (*PushPropertyH)(unsigned int, int, const wchar_t *);
    int (*PopStrH)(int *, wchar_t **);
    int (*PushCvtH)(int, const wchar_t *);
    int (*PopCvtH)(int *, wchar_t **);
    int (*PushLockH)(int, const wchar_t *);
    int (*PushLockXH)(int, const wchar_t *, int, const wchar_t *);
    int (*CvtExStrInH)(IRIS_EXSTRP, IRISHSTRP, IRIS_EXSTRP);
    int (*CvtExStrOutH)(IRIS_EXSTRP, IRISHSTRP, IRIS_EXSTRP);
    int (*SPCSend)(int, const Callin_char_t *);
    int (*SPCReceive)(int *, Callin_char_t *);
    int (*ExStrKill)(IRIS_EXSTRP);
    unsigned char * (*ExStrNew)(IRIS_EXSTRP, int);
    unsigned short * (*ExStrNewW)(IRIS_EXSTRP, int);
    wchar_t * (*ExStrNewH)(IRIS_EXSTRP, int);
    int (*PopExStr)(IRIS_EXSTRP);
    int (*PopExStrW)(IRIS_EXSTRP);
    int (*PushExStr)(IRIS_EXSTRP);
    int (*PushExStrW)(IRIS_EXSTRP);
    int (*PushExStrH)(IRIS_EXSTRP);
    int (*PopExStrH)(IRIS_EXSTRP);
    int (*PushExStrCvtH)(IRIS_EXSTRP);
    int (*PopExStrCvtH)(IRIS_EXSTRP);
    int (*PushExList)(IRIS_EXSTRP);
    int (*PopExList)(IRIS_EXSTRP);
    int (*PushExStrCvtW)(IRIS_EXSTRP);
    int (*PopExStrCvtW)(IRIS_EXSTRP);
    int (*PushUndef)(void);
    int (*PushInt64)(long long);
    int (*PopInt64)(long long *);
    int (*PushSSVN)(int, const Callin_char_t *);
    int (*PushSSVNX)(int, const Callin_char_t *, int, const Callin_char_t *);
    int (*PushSSVNW)(int, const unsigned short *);
    int (*PushSSVNXW)(int, const unsigned short *, int, const unsigned short *);
    int (*AddSSVN)(int, const Callin_char_t *);
    int (*AddSSVNX)(int, const Callin_char_t *, int, const Callin_char_t *);
    int (*AddSSVNW)(int, const unsigned short *);
    int (*AddSSVNXW)(int, const unsigned short *, int, const unsigned short *);
    int (*PushSSVNH)(int, const wchar_t *);
    int (*PushSSVNXH)(int, const wchar_t *, int, const wchar_t *);
    int (*AddSSVNH)(int, const wchar_t *);
    int (*AddSSVNXH)(int, const wchar_t *, int, const wchar_t *);
    int (*AddGlobalH)(int, const wchar_t *);
    int (*AddGlobalXH)(int, const wchar_t *, int, const wchar_t *);
    int (*AddGlobal)(int, const Callin_char_t *);
    int (*AddGlobalX)(int, const Callin_char_t *, int, const Callin_char_t *);
    int (*AddGlobalW)(int, const unsigned short *);
    int (*AddGlobalXW)(int, const unsigned short *, int, const unsigned short *);
    int (*AddSSVNDescriptor)(int);
    int (*AddGlobalDescriptor)(int);
    int (*AddLocalDescriptor)(int);
    int (*SSVNGet)(int);
    int (*SSVNKill)(int, int);
    int (*SSVNOrder)(int, int);
    int (*SSVNQuery)(int, int);
    int (*SSVNData)(int);
    int (*Merge)(void);
    int (*EnableMultiThread)(void);
    int (*iKnowFuncs)(IRIS_IKNOWFUNCSP);
    int (*ExecuteArgs)(int);
    int (*PushExecuteFuncA)(int, const Callin_char_t *);
    int (*PushExecuteFuncW)(int, const unsigned short *);
    int (*PushExecuteFuncH)(int, const wchar_t *);
    int (*CallExecuteFunc)(int);
} IRISEFT;
typedef const struct IrisExportFuncTab *IRISEFTP;

#ifdef __cplusplus
}
#endif

#endif
