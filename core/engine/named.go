package engine

import "libtempfile/core/object"

// NamedTemporaryFileIn creates a file with a name that keeps its state in a storage.
func (e *Engine) NamedTemporaryFileIn(storage object.Storage, o *Options) (Recipe, error) {
	o = o.orDefault()
	m, plan, err := e.planOpen(o)
	if err != nil {
		return Recipe{}, err
	}
	descriptor, path, err := plan.create()
	if err != nil {
		return Recipe{}, err
	}
	if err := storage.SetField(object.Path, path); err != nil {
		e.system.Close(descriptor)
		e.system.Unlink(path)
		return Recipe{}, failed("malloc", path, err)
	}
	s := storage.State()
	initialize(s, object.KindNamed, descriptor, o, m)
	s.Set(object.FlagNamed, true)
	s.Set(object.FlagDelete, !o.NoDelete)
	s.Set(object.FlagDeleteOnClose, !o.NoDelete && !o.NoDeleteOnClose)
	return plan.FileRecipe(), nil
}
