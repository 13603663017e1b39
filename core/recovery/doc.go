// Package recovery removes the files and directories of killed processes.
//
// A process that takes part writes a journal of the objects that it will remove. It writes a record before it makes an
// object, and adds the identity right after. It strikes the record out when the object is gone, or is not the process's to
// remove any more. It holds the journal by flock, and its children hold the same lock. So the process and its children are
// dead if the journal can be locked. The package never looks at an age.
//
// It promises its caller: An object is removed only if a dead process's journal names it, it belongs to the user, and its
// device, inode, type and time of birth are those of the record. A record has no identity if its process died while making
// the object. Such an object is removed only if its name was random and it is empty. No link is followed. An object that a
// living process's journal names is not touched. Neither is a directory with such an object in it, nor one that somebody
// holds by flock, also in a directory that is removed. A journal is read only if it belongs to the user and nobody else may
// write it. It is left alone if its process may still live, as far as can be known, or if it comes from another machine.
//
// All work is done by the calling thread, in steps.
package recovery
