"""The organisation: which entity a word means, and who buys for it."""



class House:
    """The organisation, its entities and their SIRET."""

    def __init__(self, settings):
        self.siret = settings["organisation"]["siret"]
        self.entities = {e["id"]: e for e in settings.get("entity", [])}
        self.source_entity = {s["name"]: s.get("entity") for s in settings["source"]}

    def entity_of(self, text, source):
        """The entity that a source's words mean: an alias, a name, an id or a path of names; else the source's own."""
        if text:
            for exact in (True, False):
                for entity in self.entities.values():
                    for alias in entity.get("aliases", []):
                        alias = alias.removeprefix(f"{source}: ")
                        if alias == text if exact else alias.endswith("*") and text.startswith(alias[:-1]):
                            return entity["id"]
            for entity in self.entities.values():
                if text in (entity["id"], entity.get("name"), self.path(entity["id"])):
                    return entity["id"]
        return self.source_entity.get(source)

    def path(self, entity):
        names = []
        while entity:
            names.append(self.entities[entity].get("name", entity))
            entity = self.entities[entity].get("parent")
        return " > ".join(reversed(names))

    def siret_of(self, entity):
        """Its own, else that of the nearest entity upward, else the organisation's."""
        while entity:
            if "siret" in self.entities[entity]:
                return self.entities[entity]["siret"]
            entity = self.entities[entity].get("parent")
        return self.siret

    def within(self, entity, ancestor):
        while entity:
            if entity == ancestor:
                return True
            entity = self.entities[entity].get("parent")
        return False
