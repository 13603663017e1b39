package core

// NamedTemporaryFile creates a file with a name. See the package's function.
func (l *Library) NamedTemporaryFile(o *Options) (*File, error) {
	return l.NamedTemporaryFileIn(&memory{}, o)
}

// NamedTemporaryFileIn creates a file with a name that keeps its state in a storage.
func (l *Library) NamedTemporaryFileIn(storage Storage, o *Options) (*File, error) {
	o = o.orDefault()
	m, err := o.fileMode()
	if err != nil {
		return nil, err
	}
	plan, err := l.PlanFile(o)
	if err != nil {
		return nil, err
	}
	descriptor, path, err := plan.create()
	if err != nil {
		return nil, err
	}
	if err := storage.SetText(TextPath, path); err != nil {
		l.system.Close(descriptor)
		l.system.Unlink(path)
		return nil, failed("malloc", path, err)
	}
	s := storage.State()
	initialize(s, KindNamed, descriptor, o, m)
	s.set(flagNamed, true)
	s.set(flagDelete, !o.NoDelete)
	s.set(flagDeleteOnClose, !o.NoDelete && !o.NoDeleteOnClose)
	return &File{l, storage}, nil
}

// fileMode checks what says how a file is used.
func (o *Options) fileMode() (mode, error) {
	m, err := parseMode(o.Mode)
	if err == nil {
		m.textState, err = checkText(o, m)
	}
	if err == nil {
		err = o.check()
	}
	return m, err
}

// initialize fills the state of a new file.
func initialize(s *State, kind Kind, descriptor int, o *Options, m mode) {
	*s = State{Kind: kind, Descriptor: int32(descriptor), Permissions: o.Permissions, MaxSize: o.MaxSize, ReadAhead: o.readAhead()}
	s.Text = m.textState
	s.set(flagText, m.text)
	s.set(flagReadable, m.readable)
	s.set(flagWritable, m.writable)
	s.set(flagNoTmpfile, o.NoTmpfile)
	s.set(flagOnlyTmpfile, o.OnlyTmpfile)
}
