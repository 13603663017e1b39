package core

// Unnamed creates a file without a name and hands over its descriptor. See the package's function.
func (l *Library) Unnamed(o *Options) (descriptor int, err error) {
	p, err := l.PlanFile(o)
	if err != nil {
		return -1, err
	}
	descriptor, _, err = p.Unnamed(o.orDefault())
	return descriptor, err
}

// Unnamed creates the file without a name, and tells how to do it again.
func (p *Plan) Unnamed(o *Options) (descriptor int, recipe Recipe, err error) {
	return p.createUnnamed(o.NoTmpfile, o.OnlyTmpfile)
}

// TemporaryFile creates a file without a name. See the package's function.
func (l *Library) TemporaryFile(o *Options) (*File, error) {
	storage := &memory{}
	_, err := l.TemporaryFileIn(storage, o)
	return l.fileIn(storage, err)
}

// TemporaryFileIn creates a file without a name that keeps its state in a storage.
func (l *Library) TemporaryFileIn(storage Storage, o *Options) (Recipe, error) {
	o = o.orDefault()
	m, plan, err := l.planOpen(o)
	if err != nil {
		return Recipe{}, err
	}
	descriptor, recipe, err := plan.createUnnamed(o.NoTmpfile, o.OnlyTmpfile)
	if err != nil {
		return Recipe{}, err
	}
	initialize(storage.State(), KindUnnamed, descriptor, o, m)
	return recipe, nil
}
