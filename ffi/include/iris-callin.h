/*
 * The Callin interface of InterSystems IRIS, as IrisPG declares it.
 *
 * This is a description of a binary interface: names, numbers, prototypes and layouts that any program needs in order to
 * talk to libirisdb.so. It covers the part of the interface that IrisPG uses, and all of its types and constants.
 * ffi/layout.c checks every layout and number, against this file or against the header of an installed IRIS.
 *
 * Conventions of the whole interface:
 *   - A result of 0 is success, a positive one is an IRIS error number (IRIS_ER...), a negative one comes from the interface
 *     itself. The functions that return something else say so below.
 *   - Each session has one argument stack. A call is made by pushing the reference, then its arguments from left to right,
 *     and by naming the action with the count of the arguments; the action leaves its result on the stack, to be popped.
 *   - A name that ends in A takes 8-bit characters, one that ends in W takes UTF-16 code units.
 *     Names without such an ending take 8-bit characters.
 *   - Lengths are counted in characters, and no string is terminated by a zero.
 */
#ifndef _iriscallin_h_
#define _iriscallin_h_

#include <stddef.h>

/* ---- Sizes ------------------------------------------------------------------------------------------------------- */

#define IRIS_MAXSTRLEN 32767   /* characters in a short string */
#define IRIS_MAXLOSTSZ 3641144 /* characters in any string of IRIS */
#ifdef _WIN32
#define IRIS_HSTR 0 /* wchar_t holds UTF-16 here, so that the H variants are absent */
#define IRIS_ZHARR 0
#else
#define IRIS_HSTR 1 /* wchar_t holds UTF-32 here */
#define IRIS_ZHARR 1
#endif

/* ---- Types ------------------------------------------------------------------------------------------------------- */

#ifdef USE_CALLIN_CHAR
typedef char Callin_char_t;
#else
typedef unsigned char Callin_char_t;
#endif

#ifndef IRIS_INT64
#define IRIS_INT64 long long
#endif

/*
 * A short string: the count of characters, and room for the longest. As an argument `len` is the length; as a buffer for
 * an answer it has to be set to the capacity before the call.
 */
typedef struct {
    unsigned short len;
    Callin_char_t str[IRIS_MAXSTRLEN];
} IRIS_ASTR, *IRIS_ASTRP;

typedef struct {
    unsigned short len;
    unsigned short str[IRIS_MAXSTRLEN];
} IRISWSTR, *IRISWSTRP;

#if IRIS_HSTR
typedef struct {
    unsigned int len;
    wchar_t str[IRIS_MAXSTRLEN];
} IRISHSTR, *IRISHSTRP;
#endif

/*
 * A string of any length. Its characters belong to the library: IrisExStrNew allocates them before a push, IrisPopExStr
 * allocates them for a result, and IrisExStrKill frees them, in both cases. It has to be {0, NULL} before a pop.
 */
typedef struct {
    unsigned int len;
    union {
        Callin_char_t *ch;
        unsigned short *wch;
#if IRIS_HSTR
        wchar_t *lch;
#else
        unsigned short *lch;
#endif
    } str;
} IRIS_EXSTR, *IRIS_EXSTRP;

/* What the text analytics engine exchanges; IrisPG has no use for it, the function table has a slot for it. */
typedef struct {
    int len;
    unsigned char *data;
} IRIS_IKNOWDATA, *IRIS_IKNOWDATAP;

typedef struct {
    int len;
    const unsigned short *data;
} IRIS_IKNOWSTRING, *IRIS_IKNOWSTRINGP;

typedef struct {
    void (*slot[4])(void);
} IRIS_IKNOWFUNCS, *IRIS_IKNOWFUNCSP;

/* ---- Flags ------------------------------------------------------------------------------------------------------- */

/* Start: exactly one terminal mode, and modifiers. */
#define IRIS_TTALL 1
#define IRIS_TTCALLIN 2
#define IRIS_TTSTART 4
#define IRIS_TTNEVER 8 /* the program's terminal is left as it is */
#define IRIS_TTNONE 16
#define IRIS_TTMASK 31
#define IRIS_PROGMODE 32 /* an error leaves the session usable and its text readable */
#define IRIS_TTNOUSE 0x10000

/* IrisCtrl */
#define IRIS_DISACTRLC 1
#define IRIS_ENABCTRLC 2

/* IrisAbort */
#define IRIS_CTRLC 1  /* interrupt what runs */
#define IRIS_RESJOB 2 /* break the session */

/* Locks */
#define IRIS_INCREMENTAL_LOCK 1
#define IRIS_SHARED_LOCK 2
#define IRIS_IMMEDIATE_RELEASE 4

/* ---- Type codes: what IrisType answers and IrisConvert takes ------------------------------------------------------ */

#define IRIS_INT 1
#define IRIS_DOUBLE 2
#define IRIS_ASTRING 3
#define IRIS_CHAR 4
#define IRIS_INT2 5
#define IRIS_INT4 6
#define IRIS_INT8 7
#define IRIS_UCHAR 8
#define IRIS_UINT2 9
#define IRIS_UINT4 10
#define IRIS_UINT8 11
#define IRIS_FLOAT 12
#define IRIS_HFLOAT 13
#define IRIS_UINT 14
#define IRIS_WSTRING 15
#define IRIS_OREF 16
#define IRIS_LASTRING 17
#define IRIS_LWSTRING 18
#define IRIS_IEEE_DBL 19
#define IRIS_HSTRING 20
#define IRIS_UNDEF 21

/* ---- Codes of the interface itself --------------------------------------------------------------------------------- */

#define IRIS_SUCCESS 0
#define IRIS_FAILURE (-1)
#define IRIS_ALREADYCON (-2) /* the process has a session already */
#define IRIS_STRTOOLONG (-3)
#define IRIS_CONBROKEN (-4) /* the session is gone, only IrisEnd is of use */
#define IRIS_INTERRUPT (-6) /* IrisAbort or Ctrl-C ended the call */
#define IRIS_NOCON (-7)     /* this thread has no session */
#define IRIS_RETTOOSMALL (-8) /* nothing was returned */
#define IRIS_ERUNKNOWN (-9)
#define IRIS_RETTRUNC (-10) /* a part was returned */
#define IRIS_NOTINIRIS (-11)
#define IRIS_BADARG (-12)
#define IRIS_NORES (-13) /* the stack is empty */
#define IRIS_EXSTR_INUSE (-14)
#define IRIS_ACCESSDENIED (-15)
#define IRIS_CHANGEPASSWORD (-16)
#define IRIS_INVALID_INSTANCE (-17)

/* ---- IRIS error numbers: what a positive result means --------------------------------------------------------------- */

#define IRIS_ERMAXNUM             1
#define IRIS_ERSELECT             2
#define IRIS_ERSYNTAX             3
#define IRIS_ERLABELREDEF         4
#define IRIS_ERMXSTR              5
#define IRIS_ERFUNCTION           6
#define IRIS_ERINTERRUPT          7
#define IRIS_ERNOLINE             8
#define IRIS_ERUNDEF              9
#define IRIS_ERSYSTEM             10
#define IRIS_EREDITED             11
#define IRIS_ERCOMMAND            12
#define IRIS_ERMAXARRAY           13
#define IRIS_ERNAME               14
#define IRIS_ERSTORE              15
#define IRIS_ERSUBSCR             16
#define IRIS_ERNOROUTINE          17
#define IRIS_ERDIVIDE             18
#define IRIS_ERSWIZZLEFAIL        19
#define IRIS_ERSTRINGSTACK        20
#define IRIS_ERFRAMESTACK         21
#define IRIS_ERUNIMPLEMENTED      22
#define IRIS_EREXQUOTA            23
#define IRIS_ERNOTOPEN            24
#define IRIS_ERARGSTACK           25
#define IRIS_ERM11TAPE            26
#define IRIS_ERPROTECT            27
#define IRIS_ERDATABASE           28
#define IRIS_ERFILEFULL           29
#define IRIS_ERNAKED              30
#define IRIS_ERROUTINELOAD        31
#define IRIS_ERTERMINATOR         32
#define IRIS_ERDISKHARD           33
#define IRIS_ERBLOCKNUM           34
#define IRIS_ERDEVNAME            35
#define IRIS_ERNOJOB              36
#define IRIS_ERREAD               37
#define IRIS_ERWRITE              38
#define IRIS_EREOF                39
#define IRIS_ERPARAMETER          40
#define IRIS_ERNETWORK            41
#define IRIS_ERRECOMPILE          42
#define IRIS_ERDIR                43
#define IRIS_ERMAXSCOPE           44
#define IRIS_ERCLUSTERFAIL        45
#define IRIS_ERMAXERROR           46
#define IRIS_ERCONBROKEN          47
#define IRIS_ERNOMBX              48
#define IRIS_ERNOCP               49
#define IRIS_ERNOWD               50
#define IRIS_ERNOGC               51
#define IRIS_ERMTERR              52
#define IRIS_ERDOWN               54
#define IRIS_ERCLNUP              55
#define IRIS_ERMAXPID             56
#define IRIS_ERNOSIGNON           57
#define IRIS_ERHALT               58
#define IRIS_ERWAITINIT           59
#define IRIS_ERPRIMARY            60
#define IRIS_ERCORRUPT            61
#define IRIS_ERMAPS               62
#define IRIS_ERVOLSET1            63
#define IRIS_ERFORMAT             64
#define IRIS_ERMAPRSV             65
#define IRIS_ERCOLLATE            66
#define IRIS_ERZTRP               67
#define IRIS_ERNODEV              68
#define IRIS_ERLANG               69
#define IRIS_ERNOSYS              70
#define IRIS_ERGIMPL              71
#define IRIS_ERNGLOREF            72
#define IRIS_ERNFORMAT            73
#define IRIS_ERDSCON              74
#define IRIS_ERNVERSION           75
#define IRIS_ERNJOBMAX            76
#define IRIS_ERNRETRY             77
#define IRIS_ERNAMADD             78
#define IRIS_ERNETLOCK            79
#define IRIS_ERVALUE              80
#define IRIS_ERNUMFIL             81
#define IRIS_ERLIST               82
#define IRIS_ERNAMSP              83
#define IRIS_ERCMTFAIL            84
#define IRIS_ERROLLFAIL           85
#define IRIS_ERNSRVFAIL           86
#define IRIS_ERCOLMISMAT          87
#define IRIS_ERSLMSPAN            88
#define IRIS_ERWIDECHAR           89
#define IRIS_ERLINELEV            90
#define IRIS_ERARGDUP             91
#define IRIS_ERGLODEF             92
#define IRIS_ERCOLCHG             93
#define IRIS_ERRESTART            94
#define IRIS_ERROUDEF             95
#define IRIS_ERMNESPACE           96
#define IRIS_ERTRANSLOCK          97
#define IRIS_ERTRANSQUIT          98
#define IRIS_ERECODETRAP          99
#define IRIS_LOCKLOST             100
#define IRIS_DATALOST             101
#define IRIS_TRANSLOST            102
#define IRIS_ERZOLE               103
#define IRIS_ERLICENSE            104
#define IRIS_ERNOLICSERV          105
#define IRIS_ERCOLNSUP            106
#define IRIS_ERNLSTAB             107
#define IRIS_ERXLATE              108
#define IRIS_ERNULLVAL            109
#define IRIS_ERNOVAL              110
#define IRIS_ERUNKTYPE            111
#define IRIS_ERVALRANGE           112
#define IRIS_ERRANGE              113
#define IRIS_ERDOMAINSPACERETRY   114
#define IRIS_ERCSMISMATCH         115
#define IRIS_ERSTRMISMATCH        116
#define IRIS_ERBADCLASS           117
#define IRIS_ERIOBJECT            118
#define IRIS_ERBADOREF            119
#define IRIS_ERNOMETHOD           120
#define IRIS_ERNOPROPERTY         121
#define IRIS_ERNOCLASS            122
#define IRIS_ERCLASSDESC          123
#define IRIS_ERCLASSCOMP          124
#define IRIS_ERCLASSRECOMP        125
#define IRIS_ERCLASSMEMORY        126
#define IRIS_ERNUMCLASS           127
#define IRIS_ERNUMOREF            128
#define IRIS_ERGETINVALID         129
#define IRIS_ERSETINVALID         130
#define IRIS_ERREMCLASSRECOMP     131
#define IRIS_ERREMCLASSEDITED     132
#define IRIS_ERCLASSEDITED        133
#define IRIS_ERCLASSLOAD          134
#define IRIS_ERCLASSSIZE          135
#define IRIS_ERCORRUPTOBJECT      136
#define IRIS_ERDISCONNECT         137
#define IRIS_ERNOCURRENTOBJECT    138
#define IRIS_ERZFHEAPSPACE        139
#define IRIS_ERTOOMANYCLASSES     140
#define IRIS_ERNETSTRMISMATCH     141
#define IRIS_ERNETSSTACK          142
#define IRIS_ERNETDIR             143
#define IRIS_ERNETDKHER           144
#define IRIS_ERNETDBDGD           145
#define IRIS_ERNETCLUSTER         146
#define IRIS_ERNETCSMISMATCH      147
#define IRIS_ERNETPROT            148
#define IRIS_ERNETDKSER           149
#define IRIS_ERNETDKFUL           150
#define IRIS_ERNETMXSTR           151
#define IRIS_ERNETSBSCR           152
#define IRIS_ERNETSYSTM           153
#define IRIS_ERNETWIDECHAR        154
#define IRIS_ERNETNVERSION        155
#define IRIS_ERNETNFORMAT         156
#define IRIS_ERNETNGLOREF         157
#define IRIS_ERBADBITSTR          158
#define IRIS_ERROUTINESIZE        159
#define IRIS_ERNOSOURCE           160
#define IRIS_ERMALLOC             161
#define IRIS_EROREFNO             162
#define IRIS_ERNOOREF             163
#define IRIS_ERINVARG             164
#define IRIS_ERDYNLOAD            165
#define IRIS_NOJVM                166
#define IRIS_ERPRIVPROP           167
#define IRIS_ERPRIVMETH           168
#define IRIS_ERJAVAEXCEPTION      169
#define IRIS_ERNETLICENSE         170
#define IRIS_ERDDPJOBOVFL         171
#define IRIS_ERLICENSEALLOC       172
#define IRIS_ERTRANLEVEL          173
#define IRIS_ERRESJOB             174
#define IRIS_ERALARM              175
#define IRIS_ERLOSTTABOVER        176
#define IRIS_EREXTINT             177
#define IRIS_ERNOFLOAT            178
#define IRIS_ERMVWRAPUP           179
#define IRIS_ERUNLICENSED         180
#define IRIS_ERPROTDB             181
#define IRIS_ERARRDIM             182
#define IRIS_ERTHROW              183
#define IRIS_ERNOTFILVAR          184
#define IRIS_ERNOTSELLST          185
#define IRIS_ERCMPLXPAT           186
#define IRIS_ERCLASSPROP          187
#define IRIS_ERMAXLOCKS           188
#define IRIS_ERLOCKFULL           189
#define IRIS_ERSVRLOCKFULL        190
#define IRIS_ERMAXROUTINES        191
#define IRIS_EROUTOFHEAP          192
#define IRIS_ERMAXINCR            193
#define IRIS_ERWRONGNS            194
#define IRIS_ERCALLBKSYN          195
#define IRIS_EROBJDISP            196
#define IRIS_ERCOMMATCH           197
#define IRIS_ERRTNLIMIT           198
#define IRIS_ERZFMAXSTR           199
#define IRIS_ERTOOCOMPLEX         200
#define IRIS_ERINVALGLOBALREF     201
#define IRIS_ERTCPWRITE           202
#define IRIS_ERUNSUPPMETHOD       203
#define IRIS_ERMNSSUPPORT         204
#define IRIS_ERTIMEOUT            205
#define IRIS_ERREXREAD            206
#define IRIS_ERREXWRITE           207
#define IRIS_ERMAX                207

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Session ------------------------------------------------------------------------------------------------------- */

/* Names the manager directory, before the start. */
int IrisSetDir(char *directory);

/*
 * Begin a session: user, password, name of the program, flags, seconds to wait for a free partition (0: for ever),
 * principal input and output (NULL: the null device). IrisStartA is the old form without an identity.
 */
int IrisStartA(unsigned long flags, int timeout, IRIS_ASTRP input, IRIS_ASTRP output);
int IrisSecureStartA(IRIS_ASTRP user, IRIS_ASTRP password, IRIS_ASTRP program, unsigned long flags, int timeout,
                     IRIS_ASTRP input, IRIS_ASTRP output);
int IrisSecureStartW(IRISWSTRP user, IRISWSTRP password, IRISWSTRP program, unsigned long flags, int timeout,
                     IRISWSTRP input, IRISWSTRP output);

/* Sets a new password; only before a session exists. */
int IrisChangePasswordA(IRIS_ASTRP user, IRIS_ASTRP old_password, IRIS_ASTRP new_password);
int IrisChangePasswordW(IRISWSTRP user, IRISWSTRP old_password, IRISWSTRP new_password);

/* IrisEnd ends this thread's session, or what is left of a broken one; IrisEndAll those of all threads. */
int IrisEnd(void);
int IrisEndAll(void);

/* Not a status: -1 inside of a $ZF function, 0 without a session or outside of IRIS, 1 inside of IRIS. */
int IrisContext(void);

/* For another thread than the one that waits in a call. */
int IrisAbort(unsigned long kind);
int IrisSignal(int signal_number);

int IrisCtrl(unsigned long flags);
void IrisOflush(void);

/* Lets several threads use the one session of the library without threads, one at a time. */
int IrisEnableMultiThread(void);

/* ---- Errors -------------------------------------------------------------------------------------------------------- */

/* $ZERROR of the last failure, the line it happened in, and the column. Both lengths are set to the capacity before. */
int IrisErrorA(IRIS_ASTRP message, IRIS_ASTRP source, int *offset);

/* The <NAME> of an IRIS error number. */
int IrisErrxlateA(int number, IRIS_ASTRP name);

/* ---- Expressions and commands -------------------------------------------------------------------------------------- */

int IrisEvalA(IRIS_ASTRP volatile expression);
int IrisExecuteA(IRIS_ASTRP volatile command);

/* Not a status when positive: the type code of the last expression or of the top of the stack. */
int IrisType(void);
int IrisConvert(unsigned long type, void *buffer);

/* ---- Pushing ------------------------------------------------------------------------------------------------------- */

int IrisPushInt(int value);
int IrisPushInt64(long long value);
int IrisPushDbl(double value);     /* becomes a decimal number */
int IrisPushIEEEDbl(double value); /* stays a binary one */
int IrisPushUndef(void);           /* an omitted argument */
int IrisPushOref(unsigned int oref);
int IrisPushStr(int len, const Callin_char_t *str);
int IrisPushStrW(int len, const unsigned short *str);
int IrisPushExStr(IRIS_EXSTRP value);
int IrisPushExStrW(IRIS_EXSTRP value);
int IrisPushList(int len, const Callin_char_t *list); /* translates the strings inside of the list */
int IrisPushExList(IRIS_EXSTRP list);

/* ---- Popping ------------------------------------------------------------------------------------------------------- */

int IrisPop(void **entry);
int IrisUnPop(void);
int IrisPopInt(int *value);
int IrisPopInt64(long long *value);
int IrisPopDbl(double *value);
int IrisPopOref(unsigned int *oref);
int IrisPopStr(int *len, Callin_char_t **str); /* the characters stay those of IRIS, until the next call */
int IrisPopStrW(int *len, unsigned short **str);
int IrisPopExStr(IRIS_EXSTRP value);
int IrisPopExStrW(IRIS_EXSTRP value);
int IrisPopList(int *len, Callin_char_t **list);
int IrisPopExList(IRIS_EXSTRP list);

/* ---- Long strings -------------------------------------------------------------------------------------------------- */

/* Not a status: the characters, or NULL. */
unsigned char *IrisExStrNew(IRIS_EXSTRP value, int len);
unsigned short *IrisExStrNewW(IRIS_EXSTRP value, int len);
int IrisExStrKill(IRIS_EXSTRP value);

/* ---- Classes and objects ------------------------------------------------------------------------------------------- */

/* `returns` is 1 when the method's value is wanted, which then has to exist. */
int IrisPushClassMethod(int class_len, const Callin_char_t *class_name, int method_len, const Callin_char_t *method,
                        int returns);
int IrisPushClassMethodW(int class_len, const unsigned short *class_name, int method_len,
                         const unsigned short *method, int returns);
int IrisInvokeClassMethod(int arguments);
int IrisPushMethod(unsigned int oref, int method_len, const Callin_char_t *method, int returns);
int IrisPushMethodW(unsigned int oref, int method_len, const unsigned short *method, int returns);
int IrisInvokeMethod(int arguments);
int IrisPushProperty(unsigned int oref, int name_len, const Callin_char_t *name);
int IrisPushPropertyW(unsigned int oref, int name_len, const unsigned short *name);
int IrisGetProperty(void);
int IrisSetProperty(void);
int IrisIncrementCountOref(unsigned int oref);
int IrisCloseOref(unsigned int oref);

/* ---- Transactions and locks ---------------------------------------------------------------------------------------- */

int IrisTStart(void);
int IrisTCommit(void);
int IrisTRollback(int one_level); /* 0: all levels, 1: the innermost */
int IrisTLevel(void);             /* not a status: $TLEVEL */
int IrisReleaseAllLocks(void);

#ifdef __cplusplus
}
#endif

#include "iris-cdzf.h"

#endif
