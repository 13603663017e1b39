// Command elf looks at a library after the link: it must be laid out as the restart of Go relies on. For musl it also puts
// the fixed place of Go's thread-local slot into it.
//
// usage: elf [-fix] LIBRARY
package main

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("capi/internal/elf: ")
	fix := flag.Bool("fix", false, "give Go's slot its place in musl's thread block")
	flag.Parse()
	path := flag.Arg(0)
	if *fix {
		if err := fixSlot(path); err != nil {
			log.Fatalf("%s: %v", path, err)
		}
	}
	if err := check(path); err != nil {
		log.Fatalf("%s: %v", path, err)
	}
}

// check tells what is not as the restart needs it.
func check(path string) error {
	f, err := elf.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	writable, readOnlyLater := 0, false
	for _, part := range f.Progs {
		switch {
		case part.Type == elf.PT_LOAD && part.Flags&elf.PF_W != 0:
			writable++
		case part.Type == elf.PT_GNU_RELRO:
			readOnlyLater = true
		}
	}
	kept, entry := f.Section("tempfile_kept"), f.Section("go_init")
	flags, err := f.DynValue(elf.DT_FLAGS)
	if err != nil {
		return err
	}
	switch {
	case writable != 1:
		return fmt.Errorf("%d writable segments; the image is of one (lld makes two: use GNU ld)", writable)
	case !readOnlyLater || len(flags) == 0 || flags[0]&uint64(elf.DF_BIND_NOW) == 0:
		return errors.New("not linked with -z relro -z now: a restart would undo what the loader has resolved")
	case kept == nil:
		return errors.New("no section tempfile_kept: C's variables would not outlive a restart")
	case entry == nil || entry.Size != 8:
		return errors.New("the section go_init does not hold Go's entry as the one entry: the loader would start Go")
	}
	return nil
}

// slot is where Go's slot is on an architecture: the relocation that asks for its place, and the offset from the thread
// pointer that musl leaves unused. runtime_slot.c has the same offsets.
type slot struct {
	relocation uint32
	offset     uint64
}

var slots = map[elf.Machine]slot{
	elf.EM_X86_64:  {uint32(elf.R_X86_64_TPOFF64), 0x20},   // sysinfo, of the part marked "do not change"
	elf.EM_AARCH64: {uint32(elf.R_AARCH64_TLS_TPREL64), 8}, // of the 16 bytes that the ABI leaves above the thread pointer
}

// fixSlot replaces the relocations by the place. musl refuses them in a library that is loaded at run time.
func fixSlot(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f, err := elf.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	slot, ok := slots[f.Machine]
	if !ok {
		return fmt.Errorf("no place for Go's slot is known on %v", f.Machine)
	}
	const entrySize = 24
	fixed := 0
	for _, section := range f.Sections {
		if section.Type != elf.SHT_RELA || section.Flags&elf.SHF_ALLOC == 0 {
			continue
		}
		for at := section.Offset; at+entrySize <= section.Offset+section.FileSize; at += entrySize {
			entry := data[at : at+entrySize]
			if uint32(binary.LittleEndian.Uint64(entry[8:])) != slot.relocation {
				continue
			}
			where, ok := fileOffset(f, binary.LittleEndian.Uint64(entry))
			if !ok {
				return errors.New("a relocation of Go's slot is outside the file")
			}
			binary.LittleEndian.PutUint64(data[where:], slot.offset)
			clear(entry) // R_*_NONE
			fixed++
		}
	}
	if fixed == 0 {
		return errors.New("there is no relocation of Go's slot")
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, info.Mode())
}

// fileOffset is where the word at an address is in the file.
func fileOffset(f *elf.File, address uint64) (uint64, bool) {
	for _, part := range f.Progs {
		if part.Type == elf.PT_LOAD && address >= part.Vaddr && address+8 <= part.Vaddr+part.Filesz {
			return part.Off + address - part.Vaddr, true
		}
	}
	return 0, false
}
