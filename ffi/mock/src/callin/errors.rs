//! The numbers and names of IRIS's errors (facts, callin §2.5: 206 numbers, 1 to 207 without 53).
//!
//! UNVERIFIED(iris): the texts of 23, 26, 35, 46 to 51 and 54 to 56 are not published; they are
//! formed from the names of their constants. The published text of 25 carries a question mark.

/// Every error number that `IrisErrxlate` knows, in ascending order, with its text.
pub(crate) const NAMES: [(i32, &str); 206] = [
    (1, "<MAXNUMBER>"),
    (2, "<SELECT>"),
    (3, "<SYNTAX>"),
    (4, "<LABELREDEF>"),
    (5, "<MAXSTRING>"),
    (6, "<FUNCTION>"),
    (7, "<INTERRUPT>"),
    (8, "<NOLINE>"),
    (9, "<UNDEFINED>"),
    (10, "<SYSTEM>"),
    (11, "<EDITED>"),
    (12, "<COMMAND>"),
    (13, "<MAXARRAY>"),
    (14, "<NAME>"),
    (15, "<STORE>"),
    (16, "<SUBSCRIPT>"),
    (17, "<NOROUTINE>"),
    (18, "<DIVIDE>"),
    (19, "<SWIZZLE FAIL>"),
    (20, "<STRINGSTACK>"),
    (21, "<FRAMESTACK>"),
    (22, "<UNIMPLEMENTED>"),
    (23, "<EXQUOTA>"),
    (24, "<NOTOPEN>"),
    (25, "<ARGSTACK>"),
    (26, "<M11TAPE>"),
    (27, "<PROTECT>"),
    (28, "<DATABASE>"),
    (29, "<FILEFULL>"),
    (30, "<NAKED>"),
    (31, "<ROUTINELOAD>"),
    (32, "<TERMINATOR>"),
    (33, "<DISKHARD>"),
    (34, "<BLOCKNUMBER>"),
    (35, "<DEVNAME>"),
    (36, "<NOJOB>"),
    (37, "<READ>"),
    (38, "<WRITE>"),
    (39, "<ENDOFFILE>"),
    (40, "<PARAMETER>"),
    (41, "<NETWORK>"),
    (42, "<RECOMPILE>"),
    (43, "<DIRECTORY>"),
    (44, "<MAXSCOPE>"),
    (45, "<CLUSTERFAILED>"),
    (46, "<MAXERROR>"),
    (47, "<CONBROKEN>"),
    (48, "<NOMBX>"),
    (49, "<NOCP>"),
    (50, "<NOWD>"),
    (51, "<NOGC>"),
    (52, "<MAGTAPE>"),
    (54, "<DOWN>"),
    (55, "<CLNUP>"),
    (56, "<MAXPID>"),
    (57, "<SIGNONS INHIBITED>"),
    (58, "<HALTED>"),
    (59, "<WAIT FOR M/xx INIT.. TO COMPLT>"),
    (60, "<NOT PRIMARY VOLUME>"),
    (61, "<CORRUPT VOLUME SET>"),
    (62, "<INVALID MAP NUMBER>"),
    (63, "<VOLUME SET ALREADY CREATED>"),
    (64, "<VOLUME IS NOT FORMATTED>"),
    (65, "<CONFLICTING BLOCK NUMBERS>"),
    (66, "<COLLATION>"),
    (67, "<ZTRAP>"),
    (68, "<NODEV>"),
    (69, "<LANGUAGE MISMATCH>"),
    (70, "<NOSYS>"),
    (71, "<BADIMPLICIT>"),
    (72, "<NETGLOREF>"),
    (73, "<NETFORMAT>"),
    (74, "<DSCON>"),
    (75, "<NETVERSION>"),
    (76, "<NETJOBMAX>"),
    (77, "<NETRETRY>"),
    (78, "<NAMEADD>"),
    (79, "<NETLOCK>"),
    (80, "<ILLEGAL VALUE>"),
    (81, "<TOOMANYFILES>"),
    (82, "<LIST>"),
    (83, "<NAMESPACE>"),
    (84, "<COMMITFAIL>"),
    (85, "<ROLLFAIL>"),
    (86, "<NETSRVFAIL>"),
    (87, "<COLLATEMISMATCH>"),
    (88, "<SLMSPAN>"),
    (89, "<WIDE CHAR>"),
    (90, "<LINELEVEL>"),
    (91, "<DUPLICATEARG>"),
    (92, "<GLODEFCHANGE>"),
    (93, "<COLLATECHANGE>"),
    (94, "<NORESTART>"),
    (95, "<ROUDEFCHANGE>"),
    (96, "<MNEMONICSPACE>"),
    (97, "<INVTRANSLOCK>"),
    (98, "<INVTRANSQUIT>"),
    (99, "<ECODETRAP>"),
    (100, "<LOCKLOST>"),
    (101, "<DATALOST>"),
    (102, "<TRANSLOST>"),
    (103, "<ZOLE>"),
    (104, "<LICENSE LIMIT EXCEEDED>"),
    (105, "<LICENSE SERVER UNAVAILABLE>"),
    (106, "<COLLATION NOT SUPPORTED>"),
    (107, "<NLS TABLE>"),
    (108, "<TRANSLATE>"),
    (109, "<NULL VALUE>"),
    (110, "<MISSING VALUE>"),
    (111, "<UNKNOWN TYPE>"),
    (112, "<VALUE OUT OF RANGE>"),
    (113, "<RANGE>"),
    (114, "<DOMAINSPACERETRY>"),
    (115, "<CLIENT-SERVER MISMATCH>"),
    (116, "<STRMISMATCH>"),
    (117, "<INVALID CLASS>"),
    (118, "<INTERNAL OBJECT ERROR>"),
    (119, "<INVALID OREF>"),
    (120, "<METHOD DOES NOT EXIST>"),
    (121, "<PROPERTY DOES NOT EXIST>"),
    (122, "<CLASS DOES NOT EXIST>"),
    (123, "<CLASS DESCRIPTOR>"),
    (124, "<CLASS COMPILING>"),
    (125, "<CLASS RECOMPILED>"),
    (126, "<INSUFFICIENT CLASS MEMORY>"),
    (127, "<TOO MANY USERS OF CLASS>"),
    (128, "<TOO MANY OREFS>"),
    (129, "<CANNOT GET THIS PROPERTY>"),
    (130, "<CANNOT SET THIS PROPERTY>"),
    (131, "<REMOTE CLASS RECOMPILED>"),
    (132, "<REMOTE CLASS EDITED>"),
    (133, "<CLASS EDITED>"),
    (134, "<CLASS TOO BIG TO LOAD>"),
    (135, "<CLASS TOO BIG TO SAVE>"),
    (136, "<CORRUPT OBJECT>"),
    (137, "<DISCONNECT>"),
    (138, "<NO CURRENT OBJECT>"),
    (139, "<OUT OF $ZF HEAP SPACE>"),
    (140, "<TOO MANY CLASSES>"),
    (141, "<NETWORK DATA UPDATE FAILED - STRMISMATCH>"),
    (142, "<NETWORK DATA UPDATE FAILED - STRINGSTACK>"),
    (143, "<NETWORK DATA UPDATE FAILED - DIRECTORY>"),
    (144, "<NETWORK DATA UPDATE FAILED - DISKHARD>"),
    (145, "<NETWORK DATA UPDATE FAILED - DATABASE>"),
    (146, "<NETWORK DATA UPDATE FAILED - CLUSTERFAILED>"),
    (147, "<NETWORK DATA .... - CLIENT-SERVER MISMATCH>"),
    (148, "<NETWORK DATA UPDATE FAILED - PROTECT>"),
    (149, "<NETWORK DATA UPDATE FAILED - BLOCKNUMBER>"),
    (150, "<NETWORK DATA UPDATE FAILED - DISKFULL>"),
    (151, "<NETWORK DATA UPDATE FAILED - MAXSTRING>"),
    (152, "<NETWORK DATA UPDATE FAILED - SUBSCRIPT>"),
    (153, "<NETWORK DATA UPDATE FAILED - SYSTEM>"),
    (154, "<NETWORK DATA UPDATE FAILED - WIDECHAR>"),
    (155, "<NETWORK DATA UPDATE FAILED - NETVERSION>"),
    (156, "<NETWORK DATA UPDATE FAILED - NETFORMAT>"),
    (157, "<NETWORK DATA UPDATE FAILED - NETGLOREF>"),
    (158, "<INVALID BIT STRING>"),
    (159, "<ROUTINE TOO BIG TO SAVE>"),
    (160, "<NO SOURCE>"),
    (161, "<STORE>"),
    (162, "<INVALID TYPE>"),
    (163, "<INVALID OREF>"),
    (164, "<INVALID ARGUMENT>"),
    (165, "<DYNAMIC LIBRARY LOAD>"),
    (166, "<Java VM not loaded>"),
    (167, "<PRIVATE PROPERTY>"),
    (168, "<PRIVATE METHOD>"),
    (169, "<Java Exception>"),
    (170, "<NETWORK UNLICENSED>"),
    (171, "<DDP JOB OVERFLOW>"),
    (172, "<LICENSE ALLOCATION EXCEEDED>"),
    (173, "<TRANSACTION LEVEL>"),
    (174, "<RESJOB>"),
    (175, "<ALARM>"),
    (176, "<TOO MANY LONG STRINGS>"),
    (177, "<EXTERNAL INTERRUPT>"),
    (178, "<UNIMPLEMENTED FLOAT>"),
    (179, "<MV WRAPUP>"),
    (180, "<UNLICENSED>"),
    (181, "<PROTECT>"),
    (182, "<ARRAY DIMENSION>"),
    (183, "<THROW>"),
    (184, "<INVALID FILE VARIABLE>"),
    (185, "<INVALID SELECT LIST>"),
    (186, "<COMPLEX PATTERN>"),
    (187, "<CLASS PROPERTY>"),
    (188, "<MAX LOCKS>"),
    (189, "<LOCK TABLE FULL>"),
    (190, "<SERVER LOCK TABLE FULL>"),
    (191, "<MAX ROUTINES>"),
    (192, "<SHARED MEM HEAP>"),
    (193, "<MAXINCREMENT>"),
    (194, "<WRONG NAMESPACE>"),
    (195, "<_CALLBACK SYNTAX>"),
    (196, "<OBJECT DISPATCH>"),
    (197, "<COMMON MISMATCH>"),
    (198, "<ROUTINE LIMIT>"),
    (199, "<MAX $ZF STRING>"),
    (200, "<ROUTINE TOO COMPLEX>"),
    (201, "<INVALID GLOBAL REFERENCE>"),
    (202, "<TCPWRITE>"),
    (203, "<METHOD NOT SUPPORTED>"),
    (204, "<MULTI NS NOT SUPPORTED>"),
    (205, "<TIMEOUT>"),
    (206, "<REMOTE EXECUTE INVALID READ>"),
    (207, "<REMOTE EXECUTE INVALID WRITE>"),
];

/// The text of an error number, or `None` when it is no error of IRIS.
pub(crate) fn name(number: i32) -> Option<&'static str> {
    let index = NAMES.binary_search_by_key(&number, |&(known, _)| known).ok()?;
    NAMES.get(index).map(|&(_, text)| text)
}

/// `<MAXSTRING>`.
pub(crate) const MAXIMUM_STRING: i32 = 5;
/// `<SYNTAX>`.
pub(crate) const SYNTAX: i32 = 3;
/// `<SYSTEM>`.
pub(crate) const SYSTEM: i32 = 10;
/// `<COMMAND>`.
pub(crate) const COMMAND: i32 = 12;
/// `<UNIMPLEMENTED>`.
pub(crate) const STRING_UNDEFINED: i32 = 22;
/// `<ARGSTACK?>`.
pub(crate) const ARGUMENT_STACK: i32 = 25;
/// `<PROTECT>`.
pub(crate) const PROTECT: i32 = 27;
/// `<PARAMETER>`.
pub(crate) const PARAMETER: i32 = 40;
/// `<LIST>`.
pub(crate) const LIST: i32 = 82;
/// `<NAMESPACE>`.
pub(crate) const NAMESPACE: i32 = 83;
/// `<WIDE CHAR>`.
pub(crate) const WIDE_CHARACTER: i32 = 89;
/// `<LICENSE LIMIT EXCEEDED>`.
pub(crate) const LICENCE_LIMIT: i32 = 104;
/// `<INVALID OREF>`.
pub(crate) const BAD_OREF: i32 = 119;
/// `<METHOD DOES NOT EXIST>`.
pub(crate) const NO_METHOD: i32 = 120;
/// `<PROPERTY DOES NOT EXIST>`.
pub(crate) const NO_PROPERTY: i32 = 121;
/// `<CLASS DOES NOT EXIST>`.
pub(crate) const NO_CLASS: i32 = 122;
/// `<INVALID OREF>`.
pub(crate) const NOT_AN_OREF: i32 = 163;
/// `<TRANSACTION LEVEL>`.
pub(crate) const TRANSACTION_LEVEL: i32 = 173;
/// `<COMMITFAIL>`.
pub(crate) const COMMIT_FAILED: i32 = 84;
/// `<ROLLFAIL>`.
pub(crate) const ROLLBACK_FAILED: i32 = 85;
/// `<TRANSLATE>`.
pub(crate) const TRANSLATE: i32 = 108;
