package server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.OptionalParam;
import ca.uhn.fhir.rest.annotation.Read;
import ca.uhn.fhir.rest.annotation.RequiredParam;
import ca.uhn.fhir.rest.annotation.Search;
import ca.uhn.fhir.rest.annotation.Sort;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.param.TokenOrListParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** The resources of one type: read by id, searched by patient, code and category. HAPI itself sorts out the rest. */
public final class Shelf implements IResourceProvider {
    private final Class<? extends IBaseResource> type;
    private final List<Resource> resources;

    Shelf(FhirContext fhir, String type, List<Resource> resources) {
        this.type = fhir.getResourceDefinition(type).getImplementingClass();
        this.resources = resources;
    }

    @Override
    public Class<? extends IBaseResource> getResourceType() {
        return type;
    }

    @Read
    public IBaseResource read(@IdParam IdType id) {
        return resources.stream()
                .filter(one -> one.getIdElement().getIdPart().equals(id.getIdPart()))
                .findFirst()
                .orElseThrow(() -> new ResourceNotFoundException(id));
    }

    @Search
    public List<IBaseResource> search(
            @RequiredParam(name = "patient") ReferenceParam patient,
            @OptionalParam(name = "code") TokenOrListParam code,
            @OptionalParam(name = "category") TokenOrListParam category,
            @OptionalParam(name = "status") TokenOrListParam status,
            @OptionalParam(name = "intent") TokenOrListParam intent,
            @Sort SortSpec sort) {
        return resources.stream()
                .filter(one -> isOf(one, patient.getIdPart()))
                .filter(one -> code == null || holds(one, "code", code))
                .filter(one -> category == null || holds(one, "category", category))
                .map(IBaseResource.class::cast)
                .toList();
    }

    private static List<Base> values(Resource resource, String member) {
        var property = resource.getNamedProperty(member);
        return property == null ? List.of() : property.getValues();
    }

    private static boolean isOf(Resource resource, String patient) {
        return values(resource, "subject").stream()
                .map(Reference.class::cast)
                .anyMatch(subject -> subject.getReferenceElement().getIdPart().equals(patient));
    }

    private static boolean holds(Resource resource, String member, TokenOrListParam wanted) {
        return values(resource, member).stream()
                .map(CodeableConcept.class::cast)
                .flatMap(concept -> concept.getCoding().stream())
                .anyMatch(coding -> wanted.getValuesAsQueryTokens().stream().anyMatch(token -> isThe(token, coding)));
    }

    private static boolean isThe(TokenParam token, Coding coding) {
        return token.getValue().equals(coding.getCode())
                && (token.getSystem() == null || token.getSystem().equals(coding.getSystem()));
    }
}
